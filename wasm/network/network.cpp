// A flood-filling network: its layers run one after the other, each by all threads together.
#include "network.h"

#include "../common/abi.h"
#include "threads.h"

namespace floodlight {
namespace {

// The image and the seed of a plane as two channels of the first stack.
void read_plane(const Network& network, int32_t field_of_view, int32_t z) {
  const Field& field = network.shape.field;
  const int64_t plane = (field_of_view * int64_t{field.z} + z) * field.y * field.x;
  const float* image = network.image + plane;
  const float* seed = network.logits + plane;
  for (int32_t y = 0; y < field.y; y++) {
    float* row = network.input.row(field, z, y);
    for (int32_t x = 0; x < field.x; x++) {
      row[x * network.input.channels] = *image++;
      row[x * network.input.channels + 1] = *seed++;
    }
  }
}

// Adds to the logits of a plane what the last layer, of one tap, makes of the stream.
void write_plane(const Network& network, int32_t field_of_view, int32_t z) {
  const Field& field = network.shape.field;
  const int32_t channels = network.stream.channels;
  float* logits = network.logits + (field_of_view * int64_t{field.z} + z) * field.y * field.x;
  for (int32_t y = 0; y < field.y; y++) {
    const float* voxel = network.stream.row(field, z, y);
    for (int32_t x = 0; x < field.x; x++, voxel += channels) {
      Four sum = splat(0);
      for (int32_t at = 0; at < channels; at += kFour)
        sum = multiply_add(larger(load(voxel + at), splat(0)), load(network.last_weights + at), sum);
      *logits++ += lane_sum(sum) + network.last_bias;
    }
  }
}

// Parts of a step that threads may do in any order.
int32_t units_of(const Network& network, int32_t step) {
  const Field& field = network.shape.field;
  const bool is_convolution = step > 0 && step <= 2 * network.shape.depth;
  return is_convolution ? tiles_of(field.z) * tiles_of(field.y) : field.z;
}

void do_unit(const Network& network, int32_t field_of_view, int32_t step, int32_t unit,
             int32_t thread) {
  const Field& field = network.shape.field;
  if (step == 0) return read_plane(network, field_of_view, unit);
  if (step > 2 * network.shape.depth) return write_plane(network, field_of_view, unit);
  const int32_t rows = tiles_of(field.y);
  const Convolution& convolution = network.convolutions[step - 1];
  const auto convolve = convolution.taps == 1 ? convolve_points : convolve_row;
  convolve(convolution, field, unit / rows, unit % rows,
           network.scratch + thread * network.scratch_floats);
}

Shape shape_of(int32_t z, int32_t y, int32_t x, int32_t features, int32_t depth, int32_t batch,
               int32_t threads) {
  return {{z, y, x}, features, depth, batch, threads};
}

}  // namespace

// The bytes that a network takes; a multiple of 64.
FLOODLIGHT_EXPORT(network_bytes)
double network_bytes(int32_t z, int32_t y, int32_t x, int32_t features, int32_t depth,
                     int32_t batch, int32_t threads) {
  return double(lay_out(shape_of(z, y, x, features, depth, batch, threads), nullptr));
}

// Lays out a network in so many bytes from `memory` on, all weights 0. Returns 0.
FLOODLIGHT_EXPORT(network_begin)
int32_t network_begin(char* memory, int32_t z, int32_t y, int32_t x, int32_t features,
                      int32_t depth, int32_t batch, int32_t threads) {
  const Shape shape = shape_of(z, y, x, features, depth, batch, threads);
  __builtin_memset(memory, 0, size_t(lay_out(shape, nullptr)));
  lay_out(shape, memory);
  return 0;
}

// Where a layer's weights (z, y, x, input, output) and after them its biases are put for
// `network_pack`.
FLOODLIGHT_EXPORT(network_staging)
float* network_staging(const Network* network) { return network->staging; }

// Where images are put for a call, one field of view after the other.
FLOODLIGHT_EXPORT(network_image)
float* network_image(const Network* network) { return network->image; }

// Where seeds are put for a call, and logits are after it.
FLOODLIGHT_EXPORT(network_logits)
float* network_logits(const Network* network) { return network->logits; }

// Takes in the weights and biases of a layer of so many taps along an axis, 1 or 3; the last has 1.
// 0, or kArgument.
FLOODLIGHT_EXPORT(network_pack)
int32_t network_pack(Network* network, int32_t layer, int32_t taps) {
  const Shape& shape = network->shape;
  const float* staged = network->staging;
  if (layer < 0 || layer > 2 * shape.depth) return kArgument;
  if (taps != 1 && (taps != kTaps || layer == 2 * shape.depth)) return kArgument;
  if (layer == 2 * shape.depth) {
    float* weights = const_cast<float*>(network->last_weights);
    for (int32_t at = 0; at < shape.features; at++) weights[at] = staged[at];
    network->last_bias = staged[shape.features];
    return 0;
  }
  Convolution& convolution = network->convolutions[layer];
  convolution.taps = taps;
  const int32_t inputs = layer == 0 ? 2 : shape.features;
  const auto pack = taps == 1 ? pack_points : pack_weights;
  pack(staged, inputs, shape.features, const_cast<float*>(convolution.factors));
  const float* biases = staged + taps * taps * taps * inputs * shape.features;
  float* to = const_cast<float*>(convolution.biases);
  for (int32_t at = 0; at < shape.features; at++) to[at] = biases[at];
  return 0;
}

// Begins a call for so many fields of view. 0, or kArgument.
FLOODLIGHT_EXPORT(network_start)
int32_t network_start(Network* network, int32_t fields) {
  const Shape& shape = network->shape;
  if (fields < 0 || fields > shape.batch) return kArgument;
  network->fields = fields;
  __builtin_memset(network->progress, 0, sizeof(Progress) * fields * shape.steps());
  return 0;
}

// Works on a call until it is done, or for so many units; threads at the same time, each with a
// number of its own. They wait for one another, so all have to be there, with units enough.
// Returns whether the call is done.
FLOODLIGHT_EXPORT(network_work)
int32_t network_work(Network* network, int32_t thread, int32_t most_units) {
  const int32_t steps = network->shape.steps();
  for (int32_t at = 0; at < network->fields * steps; at++) {
    Progress& progress = network->progress[at];
    const int32_t units = units_of(*network, at % steps);
    while (__atomic_load_n(&progress.begun, __ATOMIC_RELAXED) < units) {
      if (most_units-- <= 0) return 0;
      const int32_t unit = begin_unit(progress);
      if (unit >= units) break;
      do_unit(*network, at / steps, at % steps, unit, thread);
      end_unit(progress, units);
    }
    await_units(progress, units);
  }
  return 1;
}

// Has all threads end a call soon, at any time; what they made of it is nothing then. Returns 0.
FLOODLIGHT_EXPORT(network_stop)
int32_t network_stop(Network* network) {
  for (int32_t at = 0; at < network->fields * network->shape.steps(); at++)
    cut_short(network->progress[at]);
  return 0;
}

}  // namespace floodlight
