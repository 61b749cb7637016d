// A visit of a brick in a flood fill: takes over what touches it in the bricks around, and fills on
// until nothing changes.
#pragma once

#include "fill_brick.h"

namespace floodlight {

struct VisitResult {
  uint32_t voxels;  // newly filled
  uint32_t links;   // bit l: what changed touches the brick of link l
};

// Visits a brick that no other thread visits now. `seed`: a voxel of the brick to start from, as (z
// * 64 + y) * 64 + x, or -1. `connectivity`: 6, 18 or 26.
VisitResult visit(Brick& brick, const Brick* bricks, int connectivity, int32_t seed);

}  // namespace floodlight
