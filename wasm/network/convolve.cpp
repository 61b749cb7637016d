// A convolution by Winograd's F(3, 3) along three axes, a row of tiles at a time: what a row needs
// stays in the processor's caches.
#include "multiply.h"
#include "tiles.h"

namespace floodlight {
namespace {

// The blocks of a thread's memory.
struct Scratch {
  float* spread;    // (25, x, input): spread along z and y
  float* factors;   // (5, input / 4, tile, 4): spread along x too
  float* products;  // (5, output / 4, tile, 4)
  float* gathered;  // (25, x, output): gathered along x
};

// Spreads the rows that a row of tiles reads along z and y.
template <bool kRelu>
void spread_rows(const Convolution& convolution, const Field& field, int32_t tile_z,
                 int32_t tile_y, float* to) {
  const Stack& from = convolution.from;
  const int32_t floats = Field::around(field.x) * from.channels;
  const int32_t row_stride = floats;
  const int32_t plane_stride = Field::around(field.y) * floats;
  const float* first = from.row(field, tile_z * kOut - 1, tile_y * kOut - 1) - from.channels;
  for (int32_t at = 0; at < floats; at += kFour) {
    Four values[kIn][kIn];
#pragma unroll
    for (int y = 0; y < kIn; y++) {
#pragma unroll
      for (int z = 0; z < kIn; z++) {
        const Four value = load(first + z * plane_stride + y * row_stride + at);
        values[z][y] = kRelu ? larger(value, splat(0)) : value;
      }
      spread(values[0][y], values[1][y], values[2][y], values[3][y], values[4][y]);
    }
#pragma unroll
    for (int z = 0; z < kIn; z++) {
      spread(values[z][0], values[z][1], values[z][2], values[z][3], values[z][4]);
#pragma unroll
      for (int y = 0; y < kIn; y++) store(to + (z * kIn + y) * floats + at, values[z][y]);
    }
  }
}

// Spreads one row along x into the factors of its tiles.
void spread_tiles(const float* row, int32_t tiles, int32_t channels, float* to) {
  const int32_t block = tiles * channels;
  for (int32_t tile = 0; tile < tiles; tile++) {
    const float* from = row + tile * kOut * channels;
    for (int32_t at = 0; at < channels; at += kFour) {
      Four values[kIn];
#pragma unroll
      for (int x = 0; x < kIn; x++) values[x] = load(from + x * channels + at);
      spread(values[0], values[1], values[2], values[3], values[4]);
#pragma unroll
      for (int x = 0; x < kIn; x++) store(to + x * block + at * tiles + tile * kFour, values[x]);
    }
  }
}

// Gathers the products of a row of tiles along x.
void gather_tiles(const float* products, int32_t tiles, int32_t channels, float* row) {
  const int32_t block = tiles * channels;
  for (int32_t tile = 0; tile < tiles; tile++) {
    float* to = row + tile * kOut * channels;
    for (int32_t at = 0; at < channels; at += kFour) {
      Four values[kIn];
#pragma unroll
      for (int x = 0; x < kIn; x++)
        values[x] = load(products + x * block + at * tiles + tile * kFour);
      gather(values[0], values[1], values[2], values[3], values[4]);
#pragma unroll
      for (int x = 0; x < kOut; x++) store(to + x * channels + at, values[x]);
    }
  }
}

// Gathers along z and y, and writes those rows that are in the field of view.
void gather_rows(const Convolution& convolution, const Field& field, int32_t tile_z,
                 int32_t tile_y, const float* gathered) {
  const Stack& to = convolution.to;
  const int32_t channels = to.channels;
  const int32_t stride = Field::tiles(field.x) * kOut * channels;
  const int32_t row_stride = Field::around(field.x) * channels;
  const int32_t plane_stride = Field::around(field.y) * row_stride;
  float* first = to.row(field, tile_z * kOut, tile_y * kOut);
  const int32_t planes = field.z - tile_z * kOut < kOut ? field.z - tile_z * kOut : kOut;
  const int32_t rows = field.y - tile_y * kOut < kOut ? field.y - tile_y * kOut : kOut;
  for (int32_t x = 0; x < field.x; x++) {
    for (int32_t channel = 0; channel < channels; channel += kFour) {
      const int32_t at = x * channels + channel;
      Four values[kIn][kIn];
#pragma unroll
      for (int z = 0; z < kIn; z++) {
#pragma unroll
        for (int y = 0; y < kIn; y++) values[z][y] = load(gathered + (z * kIn + y) * stride + at);
        gather(values[z][0], values[z][1], values[z][2], values[z][3], values[z][4]);
      }
      const Four bias = load(convolution.biases + channel);
#pragma unroll
      for (int y = 0; y < kOut; y++) {
        gather(values[0][y], values[1][y], values[2][y], values[3][y], values[4][y]);
        if (y >= rows) continue;
#pragma unroll
        for (int z = 0; z < kOut; z++) {
          if (z >= planes) continue;
          float* voxel = first + z * plane_stride + y * row_stride + at;
          Four value = values[z][y] + bias;
          if (convolution.adds) value = value + load(voxel);
          if (convolution.relu_after) value = larger(value, splat(0));
          store(voxel, value);
        }
      }
    }
  }
}

Scratch split(const Field& field, int32_t inputs, int32_t outputs, float* scratch) {
  const int32_t tiles = Field::tiles(field.x);
  float* factors = scratch + kPlane * Field::around(field.x) * inputs;
  float* products = factors + kIn * tiles * inputs;
  return {scratch, factors, products, products + kIn * tiles * outputs};
}

}  // namespace

int64_t scratch_floats(const Field& field, int32_t channels) {
  const int64_t tiles = Field::tiles(field.x);
  return channels * (kPlane * int64_t{Field::around(field.x)} + 2 * kIn * tiles +
                     kPlane * tiles * kOut);
}

void convolve_row(const Convolution& convolution, const Field& field, int32_t tile_z,
                  int32_t tile_y, float* scratch) {
  const int32_t inputs = convolution.from.channels;
  const int32_t outputs = convolution.to.channels;
  const int32_t tiles = Field::tiles(field.x);
  const Scratch at = split(field, inputs, outputs, scratch);
  if (convolution.relu_before) {
    spread_rows<true>(convolution, field, tile_z, tile_y, at.spread);
  } else {
    spread_rows<false>(convolution, field, tile_z, tile_y, at.spread);
  }
  const float* factors = convolution.factors;
  for (int32_t row = 0; row < kPlane; row++) {
    spread_tiles(at.spread + row * Field::around(field.x) * inputs, tiles, inputs, at.factors);
    for (int32_t x = 0; x < kIn; x++) {
      multiply(at.factors + x * tiles * inputs, tiles, inputs, factors, outputs,
               at.products + x * tiles * outputs);
      factors += inputs * outputs;
    }
    gather_tiles(at.products, tiles, outputs, at.gathered + row * tiles * kOut * outputs);
  }
  gather_rows(convolution, field, tile_z, tile_y, at.gathered);
}

}  // namespace floodlight
