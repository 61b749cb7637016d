// What a visit to a sub-brick works on: its buffers, what it keeps in workgroup memory, where its neighbours lie, and how
// all that is loaded.

override threads: u32 = 32;
/// How many axes may change in one step: 1, 2, 3 for 6, 18, 26 neighbours.
override reach: u32 = 1;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> control: Control;
@group(0) @binding(2) var<storage, read_write> queues: array<u32>;
@group(0) @binding(3) var<storage, read_write> queued: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read> open: array<u32>;
@group(0) @binding(5) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(6) var<storage, read> links: array<u32>;
/// A word a slot: bits 0–26 the neighbouring bricks that are wanted, bit 27 set where the brick has changed.
@group(0) @binding(7) var<storage, read_write> report: array<atomic<u32>>;

/// Words between rows of neighbouring planes; odd, so that threads on different planes hit different banks.
const PITCH = 35u;
const OPEN_PITCH = 33u;
const CHANGED = 1u << 27u;

/// The sub-brick's rows with one row around: (z + 1) * PITCH + y + 1.
var<workgroup> rows: array<u32, 1190>;
/// For each of these rows the voxels before and after it: bit 0 is x = -1, bit 1 is x = 32.
var<workgroup> ends: array<u32, 1190>;
var<workgroup> local_open: array<u32, 1056>;
/// First word of each neighbour (27, itself in the middle), or NOT_RESIDENT, or OUTSIDE.
var<workgroup> neighbors: array<u32, 27>;
/// Lines of each phase that are to be swept: one bit a line.
var<workgroup> dirty: array<atomic<u32>, 4>;
var<workgroup> again: u32;
/// The sub-brick of this visit; NOT_RESIDENT past the queue's end.
var<workgroup> visited: u32;
var<workgroup> touched: atomic<u32>;
var<workgroup> wanted: atomic<u32>;
var<workgroup> added: atomic<u32>;

fn direction(z: i32, y: i32, x: i32) -> u32 {
  return u32((z + 1) * 9 + (y + 1) * 3 + x + 1);
}

/// Where the neighbour in a direction lies: which brick (direction again) and which sub-brick of it.
fn neighbor_of(sub: u32, towards: u32) -> vec2<u32> {
  let at = vec3<i32>(i32((sub >> 2u) & 1u), i32((sub >> 1u) & 1u), i32(sub & 1u)) +
    vec3<i32>(i32(towards / 9u), i32(towards / 3u % 3u), i32(towards % 3u)) + 1;
  let brick = at / 2 - 1;
  let inner = at & vec3<i32>(1);
  return vec2<u32>(direction(brick.x, brick.y, brick.z), u32((inner.x * 2 + inner.y) * 2 + inner.z));
}

fn first_word(id: u32, towards: u32) -> u32 {
  let neighbor = neighbor_of(id & 7u, towards);
  let slot = links[(id >> 3u) * 27u + neighbor.x];
  if (slot >= OUTSIDE) {
    return slot;
  }
  return slot * BRICK_WORDS + neighbor.y * SUB_WORDS;
}

fn filled(neighbor: u32, word: u32) -> u32 {
  let first = neighbors[neighbor];
  if (first >= OUTSIDE) {
    return 0u;
  }
  return atomicLoad(&state[first + word]);
}

/// The sub-brick's own rows: state, what is open, the voxels before and after, and the seed where it is here.
fn load_own(thread: u32, id: u32) {
  let before = neighbors[12];
  let own = neighbors[13];
  let after = neighbors[14];
  for (var i = thread; i < SUB_WORDS; i += threads) {
    let z = i / 32u;
    let y = i % 32u;
    var bits = atomicLoad(&state[own + i]);
    var outer = 0u;
    if (before < OUTSIDE) {
      outer = atomicLoad(&state[before + i]) >> 31u;
    }
    if (after < OUTSIDE) {
      outer |= (atomicLoad(&state[after + i]) & 1u) << 1u;
    }
    let own_open = open[own + i];
    let seed = select(0u, params.seed_bit, id == params.seed_sub && i == params.seed_word);
    let gained = ((outer & 1u) | ((outer >> 1u) << 31u) | seed) & own_open & ~bits;
    if (gained != 0u) {
      bits = fill_runs(bits | gained, own_open);
    }
    // The voxels before and after a row touch the rows beside it too, where steps may change x as well.
    if (gained != 0u || (reach >= 2u && outer != 0u)) {
      mark(z, y);
    }
    local_open[z * OPEN_PITCH + y] = own_open;
    rows[(z + 1u) * PITCH + y + 1u] = bits;
    ends[(z + 1u) * PITCH + y + 1u] = outer;
  }
}

/// The 132 rows around the sub-brick, as far as its neighbours are near enough to touch it.
fn load_around(thread: u32) {
  for (var i = thread; i < 132u; i += threads) {
    let is_z_side = i < 68u;
    let across = select((i - 68u) / 2u + 1u, i % 34u, is_z_side);
    let side = select((i & 1u) * 33u, (i / 34u) * 33u, is_z_side);
    let z = select(across, side, is_z_side);
    let y = select(side, across, is_z_side);
    let side_z = select(0, -1, z == 0u) + select(0, 1, z == 33u);
    let side_y = select(0, -1, y == 0u) + select(0, 1, y == 33u);
    let axes = u32(abs(side_z) + abs(side_y));
    let word = ((z + 31u) & 31u) * 32u + ((y + 31u) & 31u);
    var bits = 0u;
    var outer = 0u;
    if (axes <= reach) {
      bits = filled(direction(side_z, side_y, 0), word);
    }
    if (axes + 1u <= reach) {
      outer = (filled(direction(side_z, side_y, -1), word) >> 31u) |
        ((filled(direction(side_z, side_y, 1), word) & 1u) << 1u);
    }
    rows[z * PITCH + y] = bits;
    ends[z * PITCH + y] = outer;
  }
}
