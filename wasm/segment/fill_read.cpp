#include "fill_read.h"

namespace floodlight {
namespace {

struct Extent {
  int first;
  int end;
};

// The part of the box that lies in a brick, on one axis, in the brick's own coordinates.
Extent extent_of(const Brick& brick, const Criterion& criterion, int axis) {
  const int64_t origin = int64_t(brick.zyx[axis]) * kEdge;
  const int64_t first = criterion.first_zyx[axis] - origin;
  const int64_t end = criterion.end_zyx[axis] - origin;
  return {int(first < 0 ? 0 : first), int(end > kEdge ? kEdge : end)};
}

template <class Voxel>
void read_as(Brick& brick, const Criterion& criterion) {
  const auto range = range_of<Voxel>(criterion.low, criterion.high);
  const Extent planes = extent_of(brick, criterion, 0);
  const Extent rows = extent_of(brick, criterion, 1);
  const Extent columns = extent_of(brick, criterion, 2);
  const int count = columns.end - columns.first;
  if (range.is_empty || count <= 0) return;
  const auto* voxels = static_cast<const Voxel*>(brick.source) + columns.first;
  for (int z = planes.first; z < planes.end; z++) {
    uint64_t first = 0;
    uint64_t last = 0;
    for (int y = rows.first; y < rows.end; y++) {
      const Voxel* row = voxels + int64_t(z) * brick.stride_z + int64_t(y) * brick.stride_y;
      // A whole row, the usual one, is unrolled.
      const uint64_t open = count == kEdge ? bits_in_range(row, kEdge, range)
                                           : bits_in_range(row, count, range) << columns.first;
      brick.open[z * kEdge + y] = open;
      first |= (open & 1) << y;
      last |= (open >> 63) << y;
    }
    brick.open_x[0][z] = first;
    brick.open_x[1][z] = last;
  }
}

}  // namespace

void read_brick(Brick& brick, const Criterion& criterion) {
  __builtin_memset(brick.open, 0, sizeof brick.open);
  __builtin_memset(brick.filled, 0, sizeof brick.filled);
  __builtin_memset(brick.open_x, 0, sizeof brick.open_x);
  switch (criterion.dtype) {
    case Dtype::kUint8:
      return read_as<uint8_t>(brick, criterion);
    case Dtype::kUint16:
      return read_as<uint16_t>(brick, criterion);
    case Dtype::kInt16:
      return read_as<int16_t>(brick, criterion);
    case Dtype::kFloat32:
      return read_as<float>(brick, criterion);
  }
}

}  // namespace floodlight
