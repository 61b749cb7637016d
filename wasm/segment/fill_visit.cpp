#include "fill_visit.h"

namespace floodlight {
namespace {

// The whole runs of `open` that hold one of `seeds`, which are bits of `open`. Upwards the carry of
// an addition runs through a run; downwards, where no carry goes, what is reached doubles with each
// step (Kogge and Stone, 1973).
uint64_t runs_of(uint64_t open, uint64_t seeds) {
  uint64_t runs = (((open + seeds) ^ open) | seeds) & open;
  uint64_t below = open & ~runs;
  if ((runs >> 1 & below) == 0) return runs;
  for (int step = 1; step < 64; step *= 2) {
    runs |= below & (runs >> step);
    below &= below >> step;
  }
  return runs;
}

// The next of `bits` from `at` on in the direction of travel, which turns where there are none;
// `bits` is not 0.
int next_of(uint64_t bits, int at, bool& is_rising) {
  const uint64_t above = bits >> at << at;
  const uint64_t below = bits & (~0ull >> (63 - at));
  if (is_rising ? above == 0 : below == 0) is_rising = !is_rising;
  return is_rising ? lowest_bit(above) : highest_bit(below);
}

template <int kConnectivity>
class Visit {
 public:
  Visit(Brick& brick, const Brick* bricks) : brick_(brick), bricks_(bricks) {}

  VisitResult run(int32_t seed) {
    for (int dz = -1; dz <= 1; dz++) {
      for (int dy = -1; dy <= 1; dy++) {
        const int axes = (dz != 0) + (dy != 0);
        if (axes == 1 || (axes == 2 && kConnectivity != 6)) pull_rows(dz, dy);
      }
    }
    pull_column(-1);
    pull_column(1);
    if (seed >= 0) offer(seed >> 12, (seed >> 6) & 63, 1ull << (seed & 63));
    settle();
    publish();
    return {voxels_, links_ & kTouching};
  }

 private:
  // Whether rows that are so many axes apart (of z and y) touch in voxels beside each other too.
  static constexpr bool is_wide(int axes) {
    return kConnectivity == 26 || (kConnectivity == 18 && axes == 1);
  }

  static constexpr uint32_t touching() {
    uint32_t links = 0;
    for (int link = 0; link < kLinks; link++) {
      const int axes = (link / 9 != 1) + (link / 3 % 3 != 1) + (link % 3 != 1);
      const int most = kConnectivity == 6 ? 1 : kConnectivity == 18 ? 2 : 3;
      if (axes > 0 && axes <= most) links |= 1u << link;
    }
    return links;
  }
  static constexpr uint32_t kTouching = touching();

  const Brick* at(int dz, int dy, int dx) const {
    const uint32_t slot = brick_.links[link_of(dz, dy, dx)];
    return slot >= kOutside ? nullptr : &bricks_[slot];
  }

  // Offers bits to a row: their runs are filled where they are open.
  void offer(int z, int y, uint64_t bits) {
    const uint64_t seeds = bits & brick_.open[z * kEdge + y];
    if (seeds != 0) take(z, y, seeds);
  }

  // Not inlined into each offer: few are taken.
  __attribute__((noinline)) void take(int z, int y, uint64_t seeds) {
    const int row = z * kEdge + y;
    const uint64_t runs = runs_of(brick_.open[row], seeds);
    brick_.open[row] ^= runs;
    brick_.filled[row] |= runs;
    voxels_ += uint32_t(__builtin_popcountll(runs));
    inner_[z] |= 1ull << y;
    outer_[z] |= 1ull << y;
    changed_[z] |= 1ull << y;
    planes_ |= 1ull << z;
  }

  static uint64_t wide(uint64_t bits) { return bits | bits << 1 | bits >> 1; }

  // The row at (z, y), which lies outside of the brick, to the rows inside that touch it; `ends`:
  // what of its neighbours along x reaches into its word.
  void offer_around(int z, int y, uint64_t bits, uint64_t ends) {
    const uint64_t wide_bits = wide(bits) | ends;
    for (int to_z = z - 1; to_z <= z + 1; to_z++) {
      for (int to_y = y - 1; to_y <= y + 1; to_y++) {
        const int axes = (to_z != z) + (to_y != y);
        if (((to_z | to_y) & ~63) != 0 || (kConnectivity == 6 && axes == 2)) continue;
        offer(to_z, to_y, is_wide(axes) ? wide_bits : bits);
      }
    }
  }

  // From the bricks at (dz, dy), not both 0, the rows that touch this one.
  void pull_rows(int dz, int dy) {
    const Brick* middle = at(dz, dy, 0);
    const Brick* left = kConnectivity == 6 ? nullptr : at(dz, dy, -1);
    const Brick* right = kConnectivity == 6 ? nullptr : at(dz, dy, 1);
    if (!middle && !left && !right) return;
    const int count = dz != 0 && dy != 0 ? 1 : kEdge;
    const int face = dz != 0 ? (dz < 0 ? kZHigh : kZLow) : (dy < 0 ? kYHigh : kYLow);
    for (int i = 0; i < count; i++) {
      const int z = dz < 0 ? -1 : dz > 0 ? kEdge : i;
      const int y = dy < 0 ? -1 : dy > 0 ? kEdge : i;
      const int its_z = z & 63;
      const int its_y = y & 63;
      const uint64_t bits = middle ? load(middle->faces[face][dz != 0 ? its_y : its_z]) : 0;
      uint64_t ends = 0;
      if (left) ends |= load(left->faces[kXHigh][its_z]) >> its_y & 1;
      if (right) ends |= load(right->faces[kXLow][its_z]) >> its_y << 63;
      if ((bits | ends) != 0) offer_around(z, y, bits, ends);
    }
  }

  // From the brick beside this one along x, the voxels that touch its first or last ones.
  void pull_column(int dx) {
    const Brick* beside = at(0, 0, dx);
    if (!beside) return;
    const uint64_t* face = beside->faces[dx < 0 ? kXHigh : kXLow];
    const uint64_t* open = brick_.open_x[dx > 0];
    for (int z = 0; z < kEdge; z++) {
      if (open[z] == 0) continue;
      uint64_t bits = load(face[z]);
      if constexpr (kConnectivity != 6) {
        const uint64_t before = z > 0 ? load(face[z - 1]) : 0;
        const uint64_t after = z < kEdge - 1 ? load(face[z + 1]) : 0;
        bits = wide(bits) | (kConnectivity == 26 ? wide(before | after) : before | after);
      }
      for (uint64_t rest = bits & open[z]; rest != 0; rest &= rest - 1)
        offer(z, lowest_bit(rest), dx < 0 ? 1 : 1ull << 63);
    }
  }

  // Up and down through the planes, and in each up and down through its rows.
  void settle() {
    int z = 0;
    bool is_rising = true;
    while (planes_ != 0) {
      z = next_of(planes_, z, is_rising);
      settle_plane(z);
      for (uint64_t rows = outer_[z]; rows != 0; rows &= rows - 1) {
        if (z > 0) offer_to_plane(z, lowest_bit(rows), z - 1);
        if (z < kEdge - 1) offer_to_plane(z, lowest_bit(rows), z + 1);
      }
      outer_[z] = 0;
      planes_ &= ~(1ull << z);
    }
  }

  void settle_plane(int z) {
    int y = 0;
    bool is_rising = true;
    while (inner_[z] != 0) {
      y = next_of(inner_[z], y, is_rising);
      inner_[z] &= ~(1ull << y);
      const uint64_t bits = brick_.filled[z * kEdge + y];
      const uint64_t reaching = is_wide(1) ? wide(bits) : bits;
      if (y > 0) offer(z, y - 1, reaching);
      if (y < kEdge - 1) offer(z, y + 1, reaching);
    }
  }

  void offer_to_plane(int z, int y, int to_z) {
    const uint64_t bits = brick_.filled[z * kEdge + y];
    offer(to_z, y, is_wide(1) ? wide(bits) : bits);
    if constexpr (kConnectivity != 6) {
      const uint64_t diagonal = is_wide(2) ? wide(bits) : bits;
      if (y > 0) offer(to_z, y - 1, diagonal);
      if (y < kEdge - 1) offer(to_z, y + 1, diagonal);
    }
  }

  // Adds bits to a word of a face; returns those that are new.
  uint64_t grow(Face face, int index, uint64_t bits) {
    uint64_t& word = brick_.faces[face][index];
    const uint64_t fresh = bits & ~word;
    if (fresh != 0) store(word, word | fresh);
    return fresh;
  }

  void touch(int dz, int dy, int dx) { links_ |= 1u << link_of(dz, dy, dx); }

  // Shows the faces that changed to other bricks, and notes which of these they touch.
  void publish() {
    for (int z = 0; z < kEdge; z++) {
      if (changed_[z] == 0) continue;
      const uint64_t* filled = brick_.filled + z * kEdge;
      if (grow(kYLow, z, filled[0]) != 0) touch(0, -1, 0);
      if (grow(kYHigh, z, filled[kEdge - 1]) != 0) touch(0, 1, 0);
      publish_ends(z);
    }
    if (changed_[0] != 0) publish_plane(-1);
    if (changed_[kEdge - 1] != 0) publish_plane(1);
  }

  void publish_plane(int dz) {
    const uint64_t* filled = brick_.filled + (dz < 0 ? 0 : kRows - kEdge);
    for (int y = 0; y < kEdge; y++) {
      if (grow(dz < 0 ? kZLow : kZHigh, y, filled[y]) == 0) continue;
      touch(dz, 0, 0);
      if (y == 0) touch(dz, -1, 0);
      if (y == kEdge - 1) touch(dz, 1, 0);
    }
  }

  void publish_ends(int z) {
    uint64_t low = 0;
    uint64_t high = 0;
    for (uint64_t rows = changed_[z]; rows != 0; rows &= rows - 1) {
      const int y = lowest_bit(rows);
      const uint64_t filled = brick_.filled[z * kEdge + y];
      low |= (filled & 1) << y;
      high |= (filled >> 63) << y;
    }
    brick_.open_x[0][z] &= ~low;
    brick_.open_x[1][z] &= ~high;
    touch_beside(z, grow(kXLow, z, low), -1);
    touch_beside(z, grow(kXHigh, z, high), 1);
  }

  void touch_beside(int z, uint64_t fresh, int dx) {
    if (fresh == 0) return;
    const int first = z == 0 ? -1 : 0;
    const int last = z == kEdge - 1 ? 1 : 0;
    for (int dz = first; dz <= last; dz++) {
      touch(dz, 0, dx);
      if (fresh & 1) touch(dz, -1, dx);
      if (fresh >> 63) touch(dz, 1, dx);
    }
  }

  Brick& brick_;
  const Brick* bricks_;
  // Bits by y for each z: rows to offer within their plane, to the planes beside, and rows that
  // changed in this visit.
  uint64_t inner_[kEdge] = {};
  uint64_t outer_[kEdge] = {};
  uint64_t changed_[kEdge] = {};
  // Planes that have something to offer.
  uint64_t planes_ = 0;
  uint32_t voxels_ = 0;
  uint32_t links_ = 0;
};

}  // namespace

VisitResult visit(Brick& brick, const Brick* bricks, int connectivity, int32_t seed) {
  if (connectivity == 6) return Visit<6>(brick, bricks).run(seed);
  if (connectivity == 18) return Visit<18>(brick, bricks).run(seed);
  return Visit<26>(brick, bricks).run(seed);
}

}  // namespace floodlight
