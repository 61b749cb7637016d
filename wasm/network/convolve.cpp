// A convolution by Winograd's algorithm along three axes, a row of tiles at a time: what a row
// needs stays in the processor's caches.
#include "multiply.h"
#include "tiles.h"

namespace floodlight {
namespace {

// The blocks of a thread's memory; a row is one of kRowsIn.
struct Scratch {
  float* spread;    // (row, x, input): spread along z and y
  float* factors;   // (product along x, input / 4, tile, 4): of one row, spread along x too
  float* products;  // (product along x, output / 4, tile, 4): of one row
  float* gathered;  // (row, x, output): gathered along x
};

// Takes fours that lie `from_step` apart, or the ReLU of each, through Spread or Gather; what comes
// out is written `to_step` apart, perhaps in place.
template <bool kRelu = false, typename Filter>
inline void pass(const Filter& filter, const float* from, int32_t from_step, float* to,
                 int32_t to_step) {
  Four values[kIn];
#pragma unroll
  for (int i = 0; i < kIn; i++) {
    const Four value = load(from + i * from_step);
    values[i] = kRelu ? larger(value, splat(0)) : value;
  }
  filter(values);
#pragma unroll
  for (int i = 0; i < Filter::kResults; i++) store(to + i * to_step, values[i]);
}

// Spreads what a row of tiles reads along z, one row of it after the other.
template <bool kRelu>
void spread_planes(const Convolution& convolution, const Field& field, int32_t tile_z,
                   int32_t tile_y, float* to) {
  const Spread spread;
  const Stack& from = convolution.from;
  const int32_t floats = int32_t(field.row()) * from.channels;
  const int32_t plane = int32_t(field.plane()) * from.channels;
  const float* first = from.row(field, tile_z * kOut - 1, tile_y * kOut - 1) - from.channels;
  for (int y = 0; y < kIn; y++, first += floats, to += floats) {
    for (int32_t at = 0; at < floats; at += kFour)
      pass<kRelu>(spread, first + at, plane, to + at, kIn * floats);
  }
}

// Spreads or gathers rows along y, in place: of kIn rows the first kResults are left.
template <typename Filter>
void pass_rows(float* rows, int32_t floats) {
  const Filter filter;
  for (int z = 0; z < kIn; z++, rows += kIn * floats) {
    for (int32_t at = 0; at < floats; at += kFour)
      pass(filter, rows + at, floats, rows + at, floats);
  }
}

// Spreads one row along x into the factors of its tiles.
void spread_tiles(const float* row, int32_t tiles, int32_t channels, float* to) {
  const Spread spread;
  const int32_t block = tiles * channels;
  for (int32_t tile = 0; tile < tiles; tile++) {
    const float* from = row + tile * kOut * channels;
    for (int32_t at = 0; at < channels; at += kFour)
      pass(spread, from + at, channels, to + at * tiles + tile * kFour, block);
  }
}

// Gathers the products of a row of tiles along x.
void gather_tiles(const float* products, int32_t tiles, int32_t channels, float* row) {
  const Gather gather;
  const int32_t block = tiles * channels;
  for (int32_t tile = 0; tile < tiles; tile++) {
    float* to = row + tile * kOut * channels;
    for (int32_t at = 0; at < channels; at += kFour)
      pass(gather, products + at * tiles + tile * kFour, block, to + at, channels);
  }
}

// Gathers them along z, and writes those rows that are in the field of view.
void gather_planes(const Convolution& convolution, const Field& field, int32_t tile_z,
                   int32_t tile_y, const float* from) {
  const Gather gather;
  const Stack& to = convolution.to;
  const int32_t channels = to.channels;
  const int32_t floats = tiles_of(field.x) * kOut * channels;
  const int32_t plane = int32_t(field.plane()) * channels;
  const int32_t planes = smaller(kOut, field.z - tile_z * kOut);
  const int32_t rows = smaller(kOut, field.y - tile_y * kOut);
  for (int32_t y = 0; y < rows; y++, from += floats) {
    float* row = to.row(field, tile_z * kOut, tile_y * kOut + y);
    for (int32_t x = 0; x < field.x; x++) {
      for (int32_t channel = 0; channel < channels; channel += kFour) {
        const int32_t at = x * channels + channel;
        Four values[kIn];
#pragma unroll
        for (int z = 0; z < kIn; z++) values[z] = load(from + z * kIn * floats + at);
        gather(values);
        const Four bias = load(convolution.biases + channel);
#pragma unroll
        for (int z = 0; z < kOut; z++) {
          if (z >= planes) continue;
          float* voxel = row + z * plane + at;
          store(voxel, convolution.ended(values[z], bias, voxel));
        }
      }
    }
  }
}

Scratch split(const Field& field, int32_t inputs, int32_t outputs, float* scratch) {
  const int32_t products = kIn * tiles_of(field.x);
  float* factors = scratch + kRowsIn * field.row() * inputs;
  float* out = factors + products * inputs;
  return {scratch, factors, out, out + products * outputs};
}

}  // namespace

int64_t scratch_floats(const Field& field, int32_t channels) {
  const int64_t tiles = tiles_of(field.x);
  return channels * (kRowsIn * field.row() + 2 * kIn * tiles + kRowsIn * tiles * kOut);
}

void convolve_row(const Convolution& convolution, const Field& field, int32_t tile_z,
                  int32_t tile_y, float* scratch) {
  const int32_t inputs = convolution.from.channels;
  const int32_t outputs = convolution.to.channels;
  const int32_t tiles = tiles_of(field.x);
  const Scratch at = split(field, inputs, outputs, scratch);
  if (convolution.relu_before) {
    spread_planes<true>(convolution, field, tile_z, tile_y, at.spread);
  } else {
    spread_planes<false>(convolution, field, tile_z, tile_y, at.spread);
  }
  pass_rows<Spread>(at.spread, int32_t(field.row()) * inputs);
  const float* factors = convolution.factors;
  for (int32_t row = 0; row < kRowsIn; row++) {
    spread_tiles(at.spread + row * field.row() * inputs, tiles, inputs, at.factors);
    for (int32_t x = 0; x < kIn; x++) {
      multiply(at.factors + x * tiles * inputs, tiles, inputs, factors, outputs,
               at.products + x * tiles * outputs);
      factors += inputs * outputs;
    }
    gather_tiles(at.products, tiles, outputs, at.gathered + row * tiles * kOut * outputs);
  }
  pass_rows<Gather>(at.gathered, tiles * kOut * outputs);
  gather_planes(convolution, field, tile_z, tile_y, at.gathered);
}

}  // namespace floodlight
