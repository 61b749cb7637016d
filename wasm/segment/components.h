// Connected components by runs. A run is a stretch of equal voxels of a row along x; a volume's
// runs are numbered in raster order, and joined in a disjoint-set forest whose roots are the
// smallest run of each component. Voxels come slab by slab (some planes of z), so that only a bit a
// voxel and four bytes a run are kept of the whole volume: scan a slab, join it with itself and the
// plane before it, and when all are in, number the roots and write the ids.
//
// What is kept of a row (`words` = its size / 64, rounded up):
//   starts      u64[words]  bit x is set where a run starts; so bit 0 always is
//   foreground  u64[words]  bit x is set where the voxel is not background
//   before      u32[words]  how many runs of the slab start before this word
#pragma once

#include "../common/abi.h"

namespace floodlight {

// A run's place in the forest: its parent's number, or one of these. A parent's number is less than
// its child's.
constexpr uint32_t kRoot = 0xffffffff;
constexpr uint32_t kBackground = 0xfffffffe;

constexpr int words_of(int size_x) { return (size_x + 63) / 64; }

}  // namespace floodlight
