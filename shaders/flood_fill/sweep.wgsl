// One visit to a sub-brick of 32³: pulls the touching bits of its neighbours, fills by sweeps until nothing changes, and
// queues each neighbour that has something left to take over. Idea and layout: ARCHITECTURE.md, "Flood fill by bits".
//
// Rows (words along x) are swept along lines: along y, along z and, for 18 and 26 neighbours, along both diagonals of the
// y-z plane. A thread owns whole lines, and in one phase each row lies on exactly one line, so no two threads touch a row.

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

/// Lines on which this thread has changed rows, by phase.
var<private> marks: vec4<u32>;
/// Neighbours that need not be looked at again in this visit, by direction.
var<private> found: u32;

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

/// All of each run of `bits` that holds a bit of `seeds`: an addition carries upwards through a run.
fn fill_runs(seeds: u32, bits: u32) -> u32 {
  let upwards = (bits & ~(bits + seeds)) | seeds;
  let mirrored = reverseBits(bits);
  let mirrored_seeds = reverseBits(upwards);
  return reverseBits((mirrored & ~(mirrored + mirrored_seeds)) | mirrored_seeds);
}

/// What a row offers to a row beside it: its bits and, where a step may also change x, those shifted by one.
fn offered(row: u32, bits: u32, may_shift: bool) -> u32 {
  if (!may_shift) {
    return bits;
  }
  let outer = ends[row];
  return bits | (bits << 1u) | (bits >> 1u) | (outer & 1u) | ((outer >> 1u) << 31u);
}

/// Notes the lines that a row lies on, one of each phase: they are to be swept again.
fn mark(z: u32, y: u32) {
  marks |= vec4<u32>(1u) << vec4<u32>(z, y, (y - z) & 31u, (y + z + 1u) & 31u);
}

fn flush_marks() {
  for (var phase = 0u; phase < phases(); phase++) {
    if (marks[phase] != 0u) {
      atomicOr(&dirty[phase], marks[phase]);
    }
  }
  marks = vec4<u32>(0u);
}

/// A row takes what it is offered and has open; returns its bits.
fn take(row: u32, open_row: u32, offer: u32) -> u32 {
  let present = rows[row];
  let bits = local_open[open_row];
  let gained = offer & bits & ~present;
  if (gained == 0u) {
    return present;
  }
  let grown = fill_runs(present | gained, bits);
  rows[row] = grown;
  mark(open_row / OPEN_PITCH, open_row % OPEN_PITCH);
  return grown;
}

/// Rows along a line: `row` and `open_row` of its first step, and what a step adds to them. On a diagonal the line leaves at
/// one side and comes in again on the other, `wrap_at` steps on, where it starts anew from outside.
struct Line {
  row: u32,
  step: u32,
  open_row: u32,
  open_step: u32,
  wrap_at: u32,
  may_shift: bool,
}

fn phases() -> u32 {
  return select(2u, 4u, reach >= 2u);
}

/// The `i`-th line of a phase: along y, along z, along both diagonals.
fn line_of(phase: u32, i: u32) -> Line {
  switch (phase) {
    case 0u: {
      return Line((i + 1u) * PITCH + 1u, 1u, i * OPEN_PITCH, 1u, 32u, reach >= 2u);
    }
    case 1u: {
      return Line(PITCH + i + 1u, PITCH, i, OPEN_PITCH, 32u, reach >= 2u);
    }
    case 2u: {
      return Line(PITCH + i + 1u, PITCH + 1u, i, OPEN_PITCH + 1u, 32u - i, reach == 3u);
    }
    default: {
      let last = 31u * OPEN_PITCH + i;
      return Line(32u * PITCH + i + 1u, 1u - PITCH, last, 1u - OPEN_PITCH, 32u - i, reach == 3u);
    }
  }
}

/// Whether row `i` of a line would gain from the row before it (`side` -1) or after it (1).
fn gains(line: Line, i: u32, side: i32) -> bool {
  let wrapped = select(0u, 32u, i >= line.wrap_at);
  let row = line.row + i * line.step - wrapped;
  let open_row = line.open_row + i * line.open_step - wrapped;
  let beside = row + u32(side) * line.step;
  return (offered(beside, rows[beside], line.may_shift) & local_open[open_row] & ~rows[row]) != 0u;
}

/// Whether anything enters a line from outside of the sub-brick.
fn has_entry(line: Line) -> bool {
  let wraps = line.wrap_at < 32u;
  return gains(line, 0u, -1) || gains(line, 31u, 1) ||
    (wraps && (gains(line, line.wrap_at, -1) || gains(line, line.wrap_at - 1u, 1)));
}

/// Sweeps forth and back along a line.
fn sweep_line(line: Line) {
  var row = line.row;
  var open_row = line.open_row;
  var offer = offered(row - line.step, rows[row - line.step], line.may_shift);
  for (var i = 0u; i < 32u; i++) {
    if (i == line.wrap_at) {
      row -= 32u;
      open_row -= 32u;
      offer = offered(row - line.step, rows[row - line.step], line.may_shift);
    }
    offer = offered(row, take(row, open_row, offer), line.may_shift);
    row += line.step;
    open_row += line.open_step;
  }
  offer = offered(row, rows[row], line.may_shift);
  for (var i = 32u; i > 0u; i--) {
    if (i == line.wrap_at && i < 32u) {
      row += 32u;
      open_row += 32u;
      offer = offered(row, rows[row], line.may_shift);
    }
    row -= line.step;
    open_row -= line.open_step;
    offer = offered(row, take(row, open_row, offer), line.may_shift);
  }
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

/// Offers bits to a word of a neighbour: notes whether it can take any, or is wanted but not resident. `found` are the
/// directions this thread knows of already.
fn offer_to(neighbor: u32, word: u32, bits: u32) {
  let bit = 1u << neighbor;
  if (bits == 0u || (found & bit) != 0u) {
    return;
  }
  let first = neighbors[neighbor];
  if (first == OUTSIDE) {
    found |= bit;
  } else if (first == NOT_RESIDENT) {
    found |= bit;
    atomicOr(&wanted, bit);
  } else if ((bits & open[first + word] & ~atomicLoad(&state[first + word])) != 0u) {
    found |= bit;
    atomicOr(&touched, bit);
  }
}

/// Offers the new bits of a row to the neighbours it touches.
fn spread(fresh: u32, z: i32, y: i32) {
  let inside = z > 0 && z < 31 && y > 0 && y < 31;
  if (inside && (fresh & 0x80000001u) == 0u) {
    return;
  }
  if (reach == 1u) {
    let word = u32(z * 32 + y);
    offer_to(12u, word, (fresh & 1u) << 31u);
    offer_to(14u, word, fresh >> 31u);
    if (!inside) {
      offer_to(4u, word + 31u * 32u, select(0u, fresh, z == 0));
      offer_to(22u, word & 31u, select(0u, fresh, z == 31));
      offer_to(10u, word + 31u, select(0u, fresh, y == 0));
      offer_to(16u, word & ~31u, select(0u, fresh, y == 31));
    }
    return;
  }
  for (var offset = 0; offset < 9; offset++) {
    let step_z = offset / 3 - 1;
    let step_y = offset % 3 - 1;
    let axes = u32(abs(step_z) + abs(step_y));
    if (axes > reach) {
      continue;
    }
    let may_shift = axes + 1u <= reach;
    let side_z = (z + step_z + 32) / 32 - 1;
    let side_y = (y + step_y + 32) / 32 - 1;
    let word = u32(((z + step_z) & 31) * 32 + ((y + step_y) & 31));
    if (may_shift) {
      offer_to(direction(side_z, side_y, -1), word, (fresh & 1u) << 31u);
      offer_to(direction(side_z, side_y, 1), word, fresh >> 31u);
    }
    if (side_z != 0 || side_y != 0) {
      let shifted = select(0u, (fresh << 1u) | (fresh >> 1u), may_shift);
      offer_to(direction(side_z, side_y, 0), word, fresh | shifted);
    }
  }
}

fn store(thread: u32) {
  var count = 0u;
  for (var i = thread; i < SUB_WORDS; i += threads) {
    let z = i / 32u;
    let y = i % 32u;
    let bits = rows[(z + 1u) * PITCH + y + 1u];
    let fresh = bits & ~atomicLoad(&state[neighbors[13] + i]);
    if (fresh != 0u) {
      atomicStore(&state[neighbors[13] + i], bits);
      count += countOneBits(fresh);
      spread(fresh, i32(z), i32(y));
    }
  }
  if (count > 0u) {
    atomicAdd(&added, count);
  }
}

fn announce(thread: u32, id: u32) {
  let next = 1u - control.parity;
  for (var towards = thread; towards < 27u; towards += threads) {
    let bit = 1u << towards;
    if ((atomicLoad(&touched) & bit) != 0u) {
      let neighbor = (neighbors[towards] / SUB_WORDS);
      if ((atomicOr(&queued[neighbor], 1u << next) & (1u << next)) == 0u) {
        queues[next * params.queue_capacity + atomicAdd(&control.queue_length[next], 1u)] = neighbor;
      }
    }
    if ((atomicLoad(&wanted) & bit) != 0u) {
      atomicOr(&report[id >> 3u], 1u << neighbor_of(id & 7u, towards).x);
    }
  }
  if (thread == 0u) {
    atomicAdd(&control.visits, 1u);
    if (atomicLoad(&added) > 0u) {
      atomicAdd(&control.voxels, atomicLoad(&added));
      atomicOr(&report[id >> 3u], CHANGED);
    }
  }
}

@compute @workgroup_size(threads)
fn sweep(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let position = group.y * groups.x + group.x;
  let parity = control.parity;
  if (thread == 0u) {
    visited = NOT_RESIDENT;
    if (position < atomicLoad(&control.queue_length[parity])) {
      visited = queues[parity * params.queue_capacity + position];
      atomicAnd(&queued[visited], ~(1u << parity));
    }
  }
  let id = workgroupUniformLoad(&visited);
  if (id == NOT_RESIDENT) {
    return;
  }
  for (var towards = thread; towards < 27u; towards += threads) {
    neighbors[towards] = first_word(id, towards);
  }
  workgroupBarrier();
  load_own(thread, id);
  load_around(thread);
  workgroupBarrier();
  flush_marks();
  for (var phase = 0u; phase < phases(); phase++) {
    for (var i = thread; i < 32u; i += threads) {
      marks[phase] |= select(0u, 1u << i, has_entry(line_of(phase, i)));
    }
  }
  flush_marks();
  loop {
    for (var phase = 0u; phase < phases(); phase++) {
      workgroupBarrier();
      let lines = atomicLoad(&dirty[phase]);
      for (var i = thread; i < 32u; i += threads) {
        if (((lines >> i) & 1u) != 0u) {
          atomicAnd(&dirty[phase], ~(1u << i));
          sweep_line(line_of(phase, i));
        }
      }
      flush_marks();
    }
    workgroupBarrier();
    if (thread == 0u) {
      again = atomicLoad(&dirty[0]) | atomicLoad(&dirty[1]) | atomicLoad(&dirty[2]) | atomicLoad(&dirty[3]);
    }
    if (workgroupUniformLoad(&again) == 0u) {
      break;
    }
  }
  store(thread);
  workgroupBarrier();
  announce(thread, id);
}
