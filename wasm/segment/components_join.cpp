// Joins the runs of a slab that touch.
#include <type_traits>

#include "components.h"
#include "components_bits.h"
#include "components_forest.h"

namespace floodlight {
namespace {

// What stands for the voxels where these are in a range or not: the foreground's bits say it all.
struct InRange {};

// What is known of a row of a slab. `first` is the number of the first run of its slab.
template <typename Voxel>
struct Row {
  Voxel* voxels;
  const uint64_t* foreground;
  const uint64_t* starts;
  const uint32_t* before;
  uint32_t first;

  // The number of the run that holds voxel x.
  uint32_t run_at(int x) const {
    const uint64_t up_to_x = ~uint64_t{0} >> (63 - (x & 63));
    const int started = __builtin_popcountll(starts[x >> 6] & up_to_x);
    return first + before[x >> 6] + static_cast<uint32_t>(started) - 1;
  }

  // Bit i is set where voxel 64 · word + i is the same here and there. Past the row's end it may
  // be.
  uint64_t equal(const Row& there, int word) const {
    return equal_bits(voxels + 64 * word, there.voxels + 64 * word);
  }

  // Whether voxel x here is foreground and the same as voxel `there_x` there.
  bool matches(int x, const Row& there, int there_x) const {
    return voxels[x] != 0 && voxels[x] == there.voxels[there_x];
  }
};

template <>
uint64_t Row<InRange>::equal(const Row& there, int word) const {
  return ~(foreground[word] ^ there.foreground[word]);
}

template <>
bool Row<InRange>::matches(int x, const Row& there, int there_x) const {
  const uint64_t here = foreground[x >> 6] >> (x & 63);
  return (here & there.foreground[there_x >> 6] >> (there_x & 63) & 1) != 0;
}

// A row that a row may touch, and came before it. Where a voxel is joined with the same x of
// certain other sides (a bit each), joining it with this one adds nothing: those sides touch this
// one, and were joined with it before.
struct Side {
  int z;
  int y;
  // Whether a voxel also touches those at x - 1 and x + 1.
  bool diagonal;
  uint32_t covered_by;
};

constexpr int kSides = 4;
constexpr uint32_t kAbove = 1;
constexpr uint32_t kBeside = 2;

struct Sides {
  Side list[kSides];
  int count;
};

constexpr Sides kSides6{{{-1, 0, false, 0}, {0, -1, false, 0}}, 2};
constexpr Sides kSides18{{{-1, 0, true, 0},
                          {0, -1, true, 0},
                          {-1, -1, false, kAbove | kBeside},
                          {-1, 1, false, kAbove}},
                         4};
constexpr Sides kSides26{{{-1, 0, true, 0},
                          {0, -1, true, kAbove},
                          {-1, -1, true, kAbove | kBeside},
                          {-1, 1, true, kAbove}},
                         4};

template <typename Voxel>
struct Slab {
  Row<Voxel> first_row;
  int size_x;
  int size_y;
  // kRoot: there is no plane before the slab.
  uint32_t first_before;

  // Row y of plane z, where plane -1 is the one before the slab.
  Row<Voxel> row(int z, int y) const {
    const int64_t at = static_cast<int64_t>(z) * size_y + y;
    const int64_t word = at * words_of(size_x);
    Row<Voxel> row = first_row;
    if constexpr (!std::is_same_v<Voxel, InRange>) row.voxels += at * size_x;
    row.foreground += word;
    row.starts += word;
    row.before += word;
    if (z < 0) row.first = first_before;
    return row;
  }

  bool has_row(int z, int y) const {
    return y >= 0 && y < size_y && (z >= 0 || first_before != kRoot);
  }
};

// What is kept of a side from one word of a row to the next.
struct Carried {
  uint64_t equal;
  uint64_t open;
};

template <typename Visit>
void for_each_bit(uint64_t bits, const Visit& visit) {
  for (; bits != 0; bits &= bits - 1) visit(__builtin_ctzll(bits));
}

// Joins the runs of a word with those of one side, where `open` voxels touch it. Returns where
// voxels are equal to the side's at the same x, which may leave out words without an open voxel.
template <typename Voxel>
uint64_t join_word(const Row<Voxel>& row, const Row<Voxel>& there, int word, uint64_t open,
                   bool diagonal, Carried& carried, uint32_t* parents) {
  const uint64_t near_open = diagonal ? open | open << 1 | carried.open >> 63 : open;
  carried.open = open;
  const uint64_t equal = near_open == 0 ? 0 : row.equal(there, word);
  const uint64_t equal_before = equal << 1 | carried.equal >> 63;
  carried.equal = equal;
  const uint64_t starts = row.starts[word];

  // Once for each pair of runs: at the first x that both have.
  for_each_bit(equal & open & (starts | ~equal_before), [&](int bit) {
    const int x = 64 * word + bit;
    join(parents, row.run_at(x), there.run_at(x));
  });
  if (!diagonal) return equal;
  // Runs that touch by a diagonal only: one starts where the other ends.
  const uint64_t first_x = word == 0 ? 1 : 0;
  const uint64_t corners = starts & there.starts[word] & ~(equal | equal_before | first_x);
  for_each_bit(corners & near_open, [&](int bit) {
    const int x = 64 * word + bit;
    if (row.matches(x, there, x - 1)) join(parents, row.run_at(x), there.run_at(x - 1));
    if (row.matches(x - 1, there, x)) join(parents, row.run_at(x - 1), there.run_at(x));
  });
  return equal;
}

template <typename Voxel>
void join_row(const Slab<Voxel>& slab, const Sides& sides, int z, int y, uint32_t* parents) {
  const Row<Voxel> row = slab.row(z, y);
  Row<Voxel> there[kSides];
  bool is_there[kSides];
  for (int side = 0; side < sides.count; side++) {
    const int there_z = z + sides.list[side].z;
    const int there_y = y + sides.list[side].y;
    is_there[side] = slab.has_row(there_z, there_y);
    if (is_there[side]) there[side] = slab.row(there_z, there_y);
  }
  Carried carried[kSides] = {};
  for (int word = 0; word < words_of(slab.size_x); word++) {
    const uint64_t foreground = row.foreground[word];
    for_each_bit(row.starts[word] & ~foreground,
                 [&](int bit) { parents[row.run_at(64 * word + bit)] = kBackground; });
    uint64_t equal[kSides] = {};
    for (int side = 0; side < sides.count; side++) {
      if (!is_there[side]) continue;
      uint64_t open = foreground;
      for_each_bit(sides.list[side].covered_by, [&](int covering) { open &= ~equal[covering]; });
      equal[side] = join_word(row, there[side], word, open, sides.list[side].diagonal,
                              carried[side], parents);
    }
  }
}

template <typename Voxel>
int32_t join_slab(const Slab<Voxel>& slab, int planes, int connectivity, uint32_t* parents) {
  const Sides& sides = connectivity == 6 ? kSides6 : connectivity == 18 ? kSides18 : kSides26;
  for (int z = 0; z < planes; z++)
    for (int y = 0; y < slab.size_y; y++) join_row(slab, sides, z, y, parents);
  return 0;
}

}  // namespace

// Joins the runs of a slab of `planes` × `size_y` × `size_x` voxels that touch by a connectivity of
// 6, 18 or 26, also with those of the plane before it. Voxels (65 more are read behind),
// foreground, starts and before are those of the slab's first plane as components_scan_* left them,
// right behind the same of the plane before it. `voxel_bytes` is 0 after a scan by range, which
// needs no voxels. `parents` are those of all runs so far, the new ones added before. `first` is
// the number of the slab's first run, `first_before` that of the slab which holds the plane before
// it, kRoot when there is none. Any number of slabs may be joined at the same time. Returns 0, or
// kArgument.
FLOODLIGHT_EXPORT(components_join)
int32_t components_join(const void* voxels, int32_t voxel_bytes, int32_t planes, int32_t size_y,
                        int32_t size_x, int32_t connectivity, const uint64_t* foreground,
                        const uint64_t* starts, const uint32_t* before, uint32_t* parents,
                        uint32_t first, uint32_t first_before) {
  if (connectivity != 6 && connectivity != 18 && connectivity != 26) return kArgument;
  const auto join_as = [&](auto* typed) {
    using Voxel = std::remove_pointer_t<decltype(typed)>;
    const Row<Voxel> first_row{typed, foreground, starts, before, first};
    const Slab<Voxel> slab{first_row, size_x, size_y, first_before};
    return join_slab(slab, planes, connectivity, parents);
  };
  switch (voxel_bytes) {
    case 0: return join_as(static_cast<InRange*>(nullptr));
    case 1: return join_as(static_cast<const uint8_t*>(voxels));
    case 2: return join_as(static_cast<const uint16_t*>(voxels));
    case 4: return join_as(static_cast<const uint32_t*>(voxels));
    case 8: return join_as(static_cast<const uint64_t*>(voxels));
    default: return kArgument;
  }
}

}  // namespace floodlight
