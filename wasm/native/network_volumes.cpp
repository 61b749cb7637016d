// wasm/network against the plain way, on random networks and fields of view of odd sizes.
#include <cmath>

#include "../common/abi.h"
#include "block.h"
#include "fail.h"
#include "volumes.h"

extern "C" {
double network_bytes(int32_t z, int32_t y, int32_t x, int32_t features, int32_t depth,
                     int32_t batch, int32_t threads);
int32_t network_begin(char* memory, int32_t z, int32_t y, int32_t x, int32_t features,
                      int32_t depth, int32_t batch, int32_t threads);
float* network_staging(const void* network);
float* network_image(const void* network);
float* network_logits(const void* network);
int32_t network_pack(void* network, int32_t layer, int32_t taps);
int32_t network_start(void* network, int32_t fields);
int32_t network_work(void* network, int32_t thread, int32_t most_units);
int32_t network_stop(void* network);
}

namespace floodlight {
namespace {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

struct Size {
  int32_t z, y, x;

  int32_t voxels() const { return z * y * x; }
};

struct Layer {
  int32_t taps;  // along an axis
  int32_t inputs, outputs;
  Floats weights, biases;
};

// -1 to 1.
float random_float(Random& random) { return float(random.below(2001)) / 1000 - 1; }

Floats random_floats(Random& random, int32_t count) {
  Floats floats(count);
  for (float& value : floats) value = random_float(random);
  return floats;
}

Layer random_layer(Random& random, int32_t taps, int32_t inputs, int32_t outputs) {
  const int32_t weights = taps * taps * taps * inputs * outputs;
  Layer layer = {taps, inputs, outputs, random_floats(random, weights),
                 random_floats(random, outputs)};
  for (float& weight : layer.weights) weight /= std::sqrt(float(weights) / float(outputs));
  return layer;
}

std::vector<Layer> random_layers(Random& random, int32_t features, int32_t depth) {
  std::vector<Layer> layers;
  for (int32_t layer = 0; layer < 2 * depth; layer++)
    layers.push_back(random_layer(random, random.below(3) == 0 ? 1 : 3, layer == 0 ? 2 : features,
                                  features));
  layers.push_back(random_layer(random, 1, features, 1));
  return layers;
}

Doubles convolve(const Doubles& from, const Size& size, const Layer& layer) {
  Doubles to;
  const int32_t reach = layer.taps / 2;
  for (int32_t voxel = 0; voxel < size.voxels(); voxel++) {
    Doubles sums(layer.biases.begin(), layer.biases.end());
    for (int32_t tap = 0; tap < layer.taps * layer.taps * layer.taps; tap++) {
      const int32_t z = voxel / (size.y * size.x) + tap / (layer.taps * layer.taps) - reach;
      const int32_t y = voxel / size.x % size.y + tap / layer.taps % layer.taps - reach;
      const int32_t x = voxel % size.x + tap % layer.taps - reach;
      if (z < 0 || y < 0 || x < 0 || z >= size.z || y >= size.y || x >= size.x) continue;
      const double* values = from.data() + ((z * size.y + y) * size.x + x) * layer.inputs;
      for (int32_t at = 0; at < layer.inputs * layer.outputs; at++)
        sums[at % layer.outputs] += values[at / layer.outputs] *
                                    double(layer.weights[tap * layer.inputs * layer.outputs + at]);
    }
    to.insert(to.end(), sums.begin(), sums.end());
  }
  return to;
}

Doubles relu(Doubles values) {
  for (double& value : values) value = value < 0 ? 0 : value;
  return values;
}

Doubles sum_of(Doubles a, const Doubles& b) {
  for (size_t i = 0; i < a.size(); i++) a[i] += b[i];
  return a;
}

Doubles plain_logits(const std::vector<Layer>& layers, const Size& size, const float* image,
                     const float* seed) {
  Doubles input;
  for (int32_t voxel = 0; voxel < size.voxels(); voxel++)
    input.insert(input.end(), {image[voxel], seed[voxel]});
  Doubles stream = convolve(relu(convolve(input, size, layers[0])), size, layers[1]);
  for (size_t pair = 1; pair < layers.size() / 2; pair++) {
    const Doubles inner = relu(convolve(relu(stream), size, layers[2 * pair]));
    stream = sum_of(stream, convolve(inner, size, layers[2 * pair + 1]));
  }
  return sum_of(convolve(relu(stream), size, layers.back()), Doubles(seed, seed + size.voxels()));
}

void pack(void* network, const std::vector<Layer>& layers) {
  for (size_t layer = 0; layer < layers.size(); layer++) {
    const auto& [taps, inputs, outputs, weights, biases] = layers[layer];
    float* staging = network_staging(network);
    std::copy(weights.begin(), weights.end(), staging);
    std::copy(biases.begin(), biases.end(), staging + weights.size());
    expect(network_pack(network, int32_t(layer), taps) == 0, "network_pack");
  }
  expect(network_pack(network, int32_t(layers.size()), 1) == kArgument, "a layer too many");
  expect(network_pack(network, int32_t(layers.size()) - 1, 3) == kArgument, "a last layer of 3³");
  expect(network_pack(network, 0, 2) == kArgument, "two taps");
}

void run_network(Random& random) {
  const auto up_to = [&random](int32_t most) { return 1 + int32_t(random.below(size_t(most))); };
  const Size size = {up_to(7), up_to(7), up_to(7)};
  const int32_t features = up_to(13), depth = up_to(2), batch = up_to(2), threads = up_to(2);
  const auto layers = random_layers(random, features, depth);
  const double bytes = network_bytes(size.z, size.y, size.x, features, depth, batch, threads);
  const Block block = Block(int32_t(bytes));
  char* memory = reinterpret_cast<char*>(block.data());
  network_begin(memory, size.z, size.y, size.x, features, depth, batch, threads);
  pack(memory, layers);
  expect(network_start(memory, batch + 1) == kArgument, "a field of view too many");

  const Floats image = random_floats(random, batch * size.voxels());
  const Floats seed = random_floats(random, batch * size.voxels());
  std::copy(image.begin(), image.end(), network_image(memory));
  std::copy(seed.begin(), seed.end(), network_logits(memory));
  network_start(memory, batch);
  // Threads take turns: one that has units left never waits.
  for (int32_t turn = 0; network_work(memory, turn % threads, up_to(5)) == 0; turn++) continue;
  for (int32_t field = 0; field < batch; field++) {
    const int32_t first = field * size.voxels();
    const Doubles plain = plain_logits(layers, size, image.data() + first, seed.data() + first);
    for (int32_t at = 0; at < size.voxels(); at++) {
      const double difference = std::abs(double(network_logits(memory)[first + at]) - plain[at]);
      expect(difference < 1e-4, "logits are not those of the plain way");
    }
  }
  network_start(memory, batch);
  expect(network_work(memory, 0, 1) == 0, "a call ends after one unit");
  network_stop(memory);
  expect(network_work(memory, 0, 0) == 1, "a call that was stopped goes on");
}

}  // namespace

void network_volumes(Random& random, int32_t rounds) {
  for (int32_t round = 0; round < rounds; round++) run_network(random);
}

}  // namespace floodlight
