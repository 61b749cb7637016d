// Activations as tiles see them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "winograd.h"

namespace floodlight {

constexpr int kRowsIn = kIn * kIn;  // pairs of products along z and y
constexpr int kProducts = kRowsIn * kIn;

// Tiles along an axis.
constexpr int32_t tiles_of(int32_t size) { return (size + kOut - 1) / kOut; }

// Voxels along an axis with the one before the first, and those after the last that its tile reads.
constexpr int32_t around(int32_t size) { return tiles_of(size) * kOut + kTaps - 1; }

constexpr int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

// Channels with those that are kept as zeros.
constexpr int32_t padded(int32_t channels) { return (channels + kFour - 1) / kFour * kFour; }

// The shape of a field of view.
struct Field {
  int32_t z, y, x;

  int64_t voxels() const { return int64_t{1} * z * y * x; }
  // Voxels from a row, and from a plane, of a stack of activations to the next.
  int64_t row() const { return around(x); }
  int64_t plane() const { return row() * around(y); }
  // Voxels of a stack.
  int64_t held() const { return plane() * around(z); }
};

// A stack of activations: channels last, a multiple of four, zero where no voxel or channel is.
struct Stack {
  float* voxels;
  int32_t channels;

  // Voxel (z, y, 0), where -1 is the one before the first.
  float* row(const Field& field, int32_t z, int32_t y) const {
    return voxels + ((z + 1) * field.plane() + (y + 1) * field.row() + 1) * channels;
  }
};

// A convolution of 3³ taps, its weights as factors of the products: (z, y, x, outputs / 8, input,
// output), both padded to a multiple of four; the last eight outputs may be four. One of 1³ has the
// weights themselves, (outputs / 8, input, output).
struct Convolution {
  int32_t taps;  // along an axis: 1 or 3
  const float* factors;
  const float* biases;
  Stack from;
  Stack to;
  bool relu_before;
  bool relu_after;
  bool adds;

  // Four sums of products as they are written to a voxel.
  Four ended(Four sums, Four four_biases, const float* voxel) const {
    Four value = sums + four_biases;
    if (relu_after) value = larger(value, splat(0));
    return adds ? value + load(voxel) : value;
  }
};

// Floats that a thread needs for itself: a row of tiles on its way.
int64_t scratch_floats(const Field& field, int32_t channels);

// Convolves a row of tiles, `scratch_floats` of the larger number of channels at hand.
void convolve_row(const Convolution& convolution, const Field& field, int32_t tile_z,
                  int32_t tile_y, float* scratch);

// The same of one of 1³ taps.
void convolve_points(const Convolution& convolution, const Field& field, int32_t tile_z,
                     int32_t tile_y, float* scratch);

// The factors of a convolution from its weights (z, y, x, input, output), not padded.
void pack_weights(const float* weights, int32_t inputs, int32_t outputs, float* factors);

// The same of one of 1³ taps.
void pack_points(const float* weights, int32_t inputs, int32_t outputs, float* packed);

}  // namespace floodlight
