// From the voxels of a brick to its bits.
#pragma once

#include "fill_brick.h"
#include "threshold.h"

namespace floodlight {

// Which voxels may be filled: values in [low, high], voxels in [first_zyx, end_zyx).
struct Criterion {
  Dtype dtype;
  double low;
  double high;
  int32_t first_zyx[3];
  int32_t end_zyx[3];
};

// Opens the voxels of a brick that may be filled. Reads only those of its source that lie in the
// criterion's box.
void read_brick(Brick& brick, const Criterion& criterion);

}  // namespace floodlight
