// A convolution of one tap: a product of matrices for each row of voxels.
#include "multiply.h"
#include "tiles.h"

namespace floodlight {
namespace {

// A row of voxels in columns of four: (input / 4, voxel, 4).
template <bool kRelu>
void gather_row(const float* voxels, int32_t count, int32_t channels, float* to) {
  for (int32_t channel = 0; channel < channels; channel += kFour) {
    for (int32_t x = 0; x < count; x++, to += kFour) {
      const Four value = load(voxels + x * channels + channel);
      store(to, kRelu ? larger(value, splat(0)) : value);
    }
  }
}

// Ends the sums of a row, (output / 4, voxel, 4), and writes them.
void write_row(const Convolution& convolution, const float* sums, int32_t count, float* voxels) {
  const int32_t channels = convolution.to.channels;
  for (int32_t channel = 0; channel < channels; channel += kFour) {
    const Four bias = load(convolution.biases + channel);
    for (int32_t x = 0; x < count; x++, sums += kFour) {
      float* voxel = voxels + x * channels + channel;
      store(voxel, convolution.ended(load(sums), bias, voxel));
    }
  }
}

}  // namespace

void convolve_points(const Convolution& convolution, const Field& field, int32_t tile_z,
                     int32_t tile_y, float* scratch) {
  const Stack& from = convolution.from;
  const Stack& to = convolution.to;
  float* sums = scratch + field.x * from.channels;
  const int32_t end_z = smaller((tile_z + 1) * kOut, field.z);
  const int32_t end_y = smaller((tile_y + 1) * kOut, field.y);
  for (int32_t z = tile_z * kOut; z < end_z; z++) {
    for (int32_t y = tile_y * kOut; y < end_y; y++) {
      const float* voxels = from.row(field, z, y);
      if (convolution.relu_before) {
        gather_row<true>(voxels, field.x, from.channels, scratch);
      } else {
        gather_row<false>(voxels, field.x, from.channels, scratch);
      }
      multiply(scratch, field.x, from.channels, convolution.factors, to.channels, sums);
      write_row(convolution, sums, field.x, to.row(field, z, y));
    }
  }
}

}  // namespace floodlight
