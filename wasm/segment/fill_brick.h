// A brick of a flood fill: 64³ voxels as bits, a row along x to a word.
#pragma once

#include <cstdint>

namespace floodlight {

constexpr int kEdge = 64;
constexpr int kRows = kEdge * kEdge;
constexpr int kLinks = 27;

// Links to bricks that are not there; src/segment/flood-fill/plan.ts has the same numbers.
constexpr uint32_t kNotResident = 0xffffffff;
constexpr uint32_t kOutside = 0xfffffffe;

// The faces of a brick as 64 words. Those at the ends of z and y are rows along x, by y or by z;
// those at the ends of x have a word for each z, and in it a bit for each y.
enum Face { kZLow, kZHigh, kYLow, kYHigh, kXLow, kXHigh, kFaces };

struct Brick {
  // Rows by z * 64 + y: voxels to fill that are not reached yet, and voxels that are. A run of the
  // former is never next to a bit of the latter in its row.
  uint64_t open[kRows];
  uint64_t filled[kRows];
  // What is filled at the faces, as of the last visit: all that other threads may read.
  uint64_t faces[kFaces][kEdge];
  // What is open at both ends of x, as of the last visit.
  uint64_t open_x[2][kEdge];
  // By (dz + 1) * 9 + (dy + 1) * 3 + dx + 1: slots of the bricks around, or kNotResident, or
  // kOutside.
  uint32_t links[kLinks];
  int32_t zyx[3];
  // The voxel at the brick's origin, and the steps to the next plane and row, in voxels.
  const void* source;
  int32_t stride_z;
  int32_t stride_y;
  // Links that were already told to be wanted.
  uint32_t asked;
};

constexpr int link_of(int dz, int dy, int dx) { return (dz + 1) * 9 + (dy + 1) * 3 + dx + 1; }

// Bits that threads share: relaxed, because whoever sets them queues the reader afterwards.
inline uint64_t load(const uint64_t& word) { return __atomic_load_n(&word, __ATOMIC_RELAXED); }
inline void store(uint64_t& word, uint64_t bits) {
  __atomic_store_n(&word, bits, __ATOMIC_RELAXED);
}

inline int lowest_bit(uint64_t bits) { return __builtin_ctzll(bits); }
inline int highest_bit(uint64_t bits) { return 63 - __builtin_clzll(bits); }

}  // namespace floodlight
