// Flood fill by bits over bricks of 64³ voxels: the exported functions. The same answers as
// shaders/flood_fill.
#include "../common/abi.h"
#include "fill_queue.h"
#include "fill_read.h"
#include "fill_visit.h"

namespace floodlight {
namespace {

constexpr uint32_t kChanged = 1u << kLinks;
// How often a thread that must not sleep looks again before it leaves the rest to others.
constexpr int kSpins = 2000;

// A fill: what it looks for, how far it is; `notes` and the queue's words follow it in memory.
struct Fill {
  Criterion criterion;
  int32_t seed_zyx[3];
  int32_t connectivity;
  Brick* bricks;
  uint32_t brick_count;
  uint32_t capacity;
  FillQueue queue;
  uint64_t voxels;
  uint32_t visits;
  // For each brick: bit l: the brick of link l is wanted; kChanged: filled voxels since last asked.
  uint32_t* notes;
};

uint32_t notes_bytes(uint32_t capacity) { return (capacity + 1) / 2 * 8; }

// Where in a brick the seed lies, as visit() wants it.
int32_t seed_in(const Fill& fill, const Brick& brick) {
  int32_t place = 0;
  for (int axis = 0; axis < 3; axis++) {
    if (fill.seed_zyx[axis] >> 6 != brick.zyx[axis]) return -1;
    place = place * kEdge + (fill.seed_zyx[axis] & 63);
  }
  return place;
}

// Where the first word of a row lies in the layout of src/core/brick-bits.ts; the second is 1,024
// words further on.
int first_word_of(int row) {
  const int z = row >> 6;
  const int y = row & 63;
  return ((z >> 5) * 4 + (y >> 5) * 2) * 1024 + (z & 31) * 32 + (y & 31);
}

// A row as if its voxels had been filled and shown to other bricks before.
void restore_row(Brick& brick, int row, uint64_t filled) {
  const int z = row >> 6;
  const int y = row & 63;
  brick.filled[row] = filled;
  brick.open[row] &= ~filled;
  if (z == 0) brick.faces[kZLow][y] = filled;
  if (z == kEdge - 1) brick.faces[kZHigh][y] = filled;
  if (y == 0) brick.faces[kYLow][z] = filled;
  if (y == kEdge - 1) brick.faces[kYHigh][z] = filled;
  const uint64_t low = (filled & 1) << y;
  const uint64_t high = (filled >> 63) << y;
  brick.faces[kXLow][z] |= low;
  brick.faces[kXHigh][z] |= high;
  brick.open_x[0][z] &= ~low;
  brick.open_x[1][z] &= ~high;
}

// The links whose bricks touch none of the voxels that are open in this one: nothing comes from there.
uint32_t closed_links(const Brick& brick) {
  uint32_t links = 0;
  for (int row = 0; row < kRows; row++) {
    const uint64_t open = brick.open[row];
    if (open == 0) continue;
    const uint32_t along_x = 2 | uint32_t(open & 1) | uint32_t(open >> 63) << 2;
    const int z = row >> 6;
    const int y = row & 63;
    for (int dz = -(z == 0); dz <= int(z == kEdge - 1); dz++)
      for (int dy = -(y == 0); dy <= int(y == kEdge - 1); dy++)
        links |= along_x << link_of(dz, dy, -1);
  }
  return ~links & ((1u << kLinks) - 1);
}

void visit_slot(Fill& fill, uint32_t slot) {
  Brick& brick = fill.bricks[slot];
  const VisitResult result = visit(brick, fill.bricks, fill.connectivity, seed_in(fill, brick));
  __atomic_fetch_add(&fill.visits, 1, __ATOMIC_RELAXED);
  if (result.voxels == 0) return;
  __atomic_fetch_add(&fill.voxels, uint64_t(result.voxels), __ATOMIC_RELAXED);
  fill.notes[slot] |= kChanged;
  for (uint32_t rest = result.links; rest != 0; rest &= rest - 1) {
    const int link = __builtin_ctz(rest);
    const uint32_t other = brick.links[link];
    if (other < kOutside) fill.queue.add(other);
    if (other == kNotResident) fill.notes[slot] |= 1u << link;
  }
}

}  // namespace

// Bytes of a context for a fill of up to `capacity` bricks, without these.
FLOODLIGHT_EXPORT(fill_context_bytes) uint32_t fill_context_bytes(uint32_t capacity) {
  return uint32_t(sizeof(Fill)) + notes_bytes(capacity) + FillQueue::bytes_for(capacity);
}

// Bytes of each brick; they lie one after the other.
FLOODLIGHT_EXPORT(fill_brick_bytes) uint32_t fill_brick_bytes() { return sizeof(Brick); }

// Begins a fill of the voxels connected to a seed (by 6, 18 or 26 neighbours) whose values lie in
// [low, high]. `context` has fill_context_bytes(capacity) bytes, `bricks` room for those that are
// admitted; both aligned to 16. `zyx`: the seed, the first voxel of the box that may be filled, and
// the one past its last; in voxels. 0, or kArgument.
FLOODLIGHT_EXPORT(fill_begin)
int32_t fill_begin(void* context, void* bricks, uint32_t capacity, int32_t dtype,
                   int32_t connectivity, double low, double high, const int32_t* zyx) {
  if (connectivity != 6 && connectivity != 18 && connectivity != 26) return kArgument;
  if (dtype < 0 || dtype > int32_t(Dtype::kFloat32) || capacity == 0) return kArgument;
  Fill& fill = *static_cast<Fill*>(context);
  __builtin_memset(&fill, 0, sizeof fill);
  fill.criterion.dtype = Dtype(dtype);
  fill.criterion.low = low;
  fill.criterion.high = high;
  for (int axis = 0; axis < 3; axis++) {
    fill.seed_zyx[axis] = zyx[axis];
    fill.criterion.first_zyx[axis] = zyx[3 + axis];
    fill.criterion.end_zyx[axis] = zyx[6 + axis];
  }
  fill.connectivity = connectivity;
  fill.bricks = static_cast<Brick*>(bricks);
  fill.capacity = capacity;
  fill.notes = reinterpret_cast<uint32_t*>(&fill + 1);
  __builtin_memset(fill.notes, 0, notes_bytes(capacity));
  fill.queue.begin(reinterpret_cast<uint64_t*>(fill.notes + notes_bytes(capacity) / 4), capacity);
  return 0;
}

// Makes a brick known, at brick coordinates (z, y, x), in a slot that holds none: 0, or kTooLarge.
// `links`: 27 words as in Brick. `source`: the voxel at the brick's origin, with steps in voxels to
// the next plane and row; it stays until fill_read. Not while threads step.
FLOODLIGHT_EXPORT(fill_admit)
int32_t fill_admit(void* context, uint32_t slot, int32_t z, int32_t y, int32_t x,
                   const uint32_t* links, const void* source, int32_t stride_z, int32_t stride_y) {
  Fill& fill = *static_cast<Fill*>(context);
  if (slot >= fill.capacity) return kTooLarge;
  if (slot >= fill.brick_count) fill.brick_count = slot + 1;
  Brick& brick = fill.bricks[slot];
  brick.zyx[0] = z;
  brick.zyx[1] = y;
  brick.zyx[2] = x;
  brick.source = source;
  brick.stride_z = stride_z;
  brick.stride_y = stride_y;
  brick.asked = 0;
  __builtin_memset(brick.faces, 0, sizeof brick.faces);
  for (uint32_t link = 0; link < kLinks; link++) {
    const uint32_t other = links[link];
    brick.links[link] = other;
    if (other < fill.brick_count) fill.bricks[other].links[kLinks - 1 - link] = slot;
  }
  return 0;
}

// Forgets a brick that is not queued, and whose changes were told: its slot holds none. Not while
// threads step. The links, as bits, from which nothing can be filled in it any more; or kArgument.
FLOODLIGHT_EXPORT(fill_evict) int32_t fill_evict(void* context, uint32_t slot) {
  Fill& fill = *static_cast<Fill*>(context);
  if (slot >= fill.brick_count) return kArgument;
  const Brick& brick = fill.bricks[slot];
  const uint32_t closed = closed_links(brick);
  for (uint32_t link = 0; link < kLinks; link++) {
    const uint32_t other = brick.links[link];
    if (other >= fill.brick_count) continue;
    const uint32_t back = kLinks - 1 - link;
    fill.bricks[other].links[back] = kNotResident;
    fill.bricks[other].asked &= ~(1u << back);
  }
  fill.notes[slot] = 0;
  return int32_t(closed);
}

// Reads the bricks of slots [first, end) from their sources. Threads may read bricks of their own
// at the same time, but not step. 0, or kArgument.
FLOODLIGHT_EXPORT(fill_read)
int32_t fill_read(void* context, uint32_t first, uint32_t end) {
  Fill& fill = *static_cast<Fill*>(context);
  if (end > fill.brick_count) return kArgument;
  for (uint32_t slot = first; slot < end; slot++) read_brick(fill.bricks[slot], fill.criterion);
  return 0;
}

// Gives a brick that was read the voxels that it had filled when it was evicted, in the layout of
// fill_bits. They are not counted again. 0, or kArgument.
FLOODLIGHT_EXPORT(fill_restore)
int32_t fill_restore(void* context, uint32_t slot, const uint32_t* words) {
  Fill& fill = *static_cast<Fill*>(context);
  if (slot >= fill.brick_count) return kArgument;
  for (int row = 0; row < kRows; row++) {
    const uint32_t* halves = words + first_word_of(row);
    const uint64_t filled = halves[0] | uint64_t(halves[1024]) << 32;
    if (filled != 0) restore_row(fill.bricks[slot], row, filled);
  }
  return 0;
}

// Queues a brick that was read for a visit. 0, or kArgument.
FLOODLIGHT_EXPORT(fill_queue) int32_t fill_queue(void* context, uint32_t slot) {
  Fill& fill = *static_cast<Fill*>(context);
  if (slot >= fill.brick_count) return kArgument;
  fill.queue.add(slot);
  return 0;
}

// Visits bricks until none is queued, or this thread has visited `most_visits`; threads may do so
// at the same time. Thread 0 never sleeps: it leaves when nothing is there to take. Returns how
// many this thread visited.
FLOODLIGHT_EXPORT(fill_step)
int32_t fill_step(void* context, uint32_t thread, uint32_t most_visits) {
  Fill& fill = *static_cast<Fill*>(context);
  uint32_t visits = 0;
  uint32_t cursor = 0;
  for (int spins = 0; visits < most_visits;) {
    const uint32_t epoch = fill.queue.epoch();
    const int32_t slot = fill.queue.take(cursor);
    if (slot >= 0) {
      visit_slot(fill, uint32_t(slot));
      fill.queue.release(uint32_t(slot));
      visits++;
      spins = 0;
    } else if (fill.queue.pending() == 0 || (thread == 0 && ++spins > kSpins)) {
      break;
    } else if (thread != 0) {
      fill.queue.sleep(epoch);
    }
  }
  return int32_t(visits);
}

// Bricks that are still to be visited.
FLOODLIGHT_EXPORT(fill_pending) uint32_t fill_pending(const void* context) {
  return static_cast<const Fill*>(context)->queue.pending();
}

// Voxels filled so far.
FLOODLIGHT_EXPORT(fill_voxels) double fill_voxels(const void* context) {
  return double(static_cast<const Fill*>(context)->voxels);
}

// Visits so far.
FLOODLIGHT_EXPORT(fill_visits) uint32_t fill_visits(const void* context) {
  return static_cast<const Fill*>(context)->visits;
}

// Bricks that filled voxels touch and that are not known, each link of a brick once: how many were
// written to `out`, four numbers each, the slot of the brick that touches and the coordinates of
// the one that is touched; some of these more than once. Call again when it is full. Not while
// threads step.
FLOODLIGHT_EXPORT(fill_wanted)
int32_t fill_wanted(void* context, int32_t* out, int32_t room) {
  Fill& fill = *static_cast<Fill*>(context);
  int32_t count = 0;
  for (uint32_t slot = 0; slot < fill.brick_count; slot++) {
    Brick& brick = fill.bricks[slot];
    for (uint32_t rest = fill.notes[slot] & ~kChanged; rest != 0; rest &= rest - 1) {
      const int link = __builtin_ctz(rest);
      if (count == room) return count;
      fill.notes[slot] &= ~(1u << link);
      if (brick.links[link] != kNotResident || (brick.asked >> link & 1)) continue;
      brick.asked |= 1u << link;
      int32_t* wanted = out + 4 * count++;
      wanted[0] = int32_t(slot);
      wanted[1] = brick.zyx[0] + link / 9 - 1;
      wanted[2] = brick.zyx[1] + link / 3 % 3 - 1;
      wanted[3] = brick.zyx[2] + link % 3 - 1;
    }
  }
  return count;
}

// Bricks that changed since they were last told: how many slots were written. Not while threads
// step.
FLOODLIGHT_EXPORT(fill_changed)
int32_t fill_changed(void* context, uint32_t* slots, int32_t room) {
  Fill& fill = *static_cast<Fill*>(context);
  int32_t count = 0;
  for (uint32_t slot = 0; slot < fill.brick_count && count < room; slot++) {
    if ((fill.notes[slot] & kChanged) == 0) continue;
    fill.notes[slot] &= ~kChanged;
    slots[count++] = slot;
  }
  return count;
}

// The filled voxels of a brick, as 8,192 words in the layout of src/core/brick-bits.ts. 0, or
// kArgument.
FLOODLIGHT_EXPORT(fill_bits)
int32_t fill_bits(const void* context, uint32_t slot, uint32_t* words) {
  const Fill& fill = *static_cast<const Fill*>(context);
  if (slot >= fill.brick_count) return kArgument;
  for (int row = 0; row < kRows; row++) {
    uint32_t* out = words + first_word_of(row);
    const uint64_t filled = fill.bricks[slot].filled[row];
    out[0] = uint32_t(filled);
    out[1024] = uint32_t(filled >> 32);
  }
  return 0;
}

}  // namespace floodlight
