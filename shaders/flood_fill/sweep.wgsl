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
var<workgroup> moved: atomic<u32>;
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

/// All of each run of `bits` that holds a bit of `seeds`: an addition carries upwards through a run.
fn fill_runs(seeds: u32, bits: u32) -> u32 {
  let upwards = (bits & ~(bits + seeds)) | seeds;
  let mirrored = reverseBits(bits);
  let mirrored_seeds = reverseBits(upwards);
  return reverseBits((mirrored & ~(mirrored + mirrored_seeds)) | mirrored_seeds);
}

/// What row `from` offers to a row beside it: its bits and, where a step may also change x, those shifted by one.
fn offered(from_row: u32, may_shift: bool) -> u32 {
  let bits = rows[from_row];
  if (!may_shift) {
    return bits;
  }
  let outer = ends[from_row];
  return bits | (bits << 1u) | (bits >> 1u) | (outer & 1u) | ((outer >> 1u) << 31u);
}

fn pull(row: u32, from_row: u32, open_row: u32, may_shift: bool) -> bool {
  let bits = local_open[open_row];
  let present = rows[row];
  let gained = offered(from_row, may_shift) & bits & ~present;
  if (gained == 0u) {
    return false;
  }
  rows[row] = fill_runs(present | gained, bits);
  return true;
}

/// Sweeps forth and back along a line: `row` and `open_row` of its first step, and what a step adds to them. On a diagonal
/// the line leaves at one side and comes in again on the other, `wrap_at` steps on, where it starts anew from outside.
fn sweep_line(first: u32, step: u32, open_first: u32, open_step: u32, wrap_at: u32, wrap: u32, open_wrap: u32, may_shift: bool) -> bool {
  var changed = false;
  for (var i = 0u; i < 32u; i++) {
    let back = select(0u, 1u, i >= wrap_at);
    let row = first + i * step - back * wrap;
    changed = pull(row, row - step, open_first + i * open_step - back * open_wrap, may_shift) || changed;
  }
  for (var n = 0u; n < 32u; n++) {
    let i = 31u - n;
    let back = select(0u, 1u, i >= wrap_at);
    let row = first + i * step - back * wrap;
    changed = pull(row, row + step, open_first + i * open_step - back * open_wrap, may_shift) || changed;
  }
  return changed;
}

fn load(thread: u32, id: u32) {
  for (var i = thread; i < 1156u; i += threads) {
    let z = i / 34u;
    let y = i % 34u;
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
    if (axes == 0u) {
      let own_open = open[neighbors[13] + word];
      local_open[(z - 1u) * OPEN_PITCH + y - 1u] = own_open;
      let seed = select(0u, params.seed_bit, id == params.seed_sub && word == params.seed_word);
      let gained = ((outer & 1u) | ((outer >> 1u) << 31u) | seed) & own_open & ~bits;
      if (gained != 0u) {
        bits = fill_runs(bits | gained, own_open);
      }
    }
    rows[z * PITCH + y] = bits;
    ends[z * PITCH + y] = outer;
  }
}

/// Notes which neighbours can take over from the new bits of a row, and which are wanted but not resident.
fn spread(fresh: u32, z: i32, y: i32) {
  if (z > 0 && z < 31 && y > 0 && y < 31 && (fresh & 0x80000001u) == 0u) {
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
    for (var side_x = -1; side_x <= 1; side_x++) {
      if (side_x == 0 && side_y == 0 && side_z == 0) {
        continue;
      }
      var bits = select(fresh, fresh | (fresh << 1u) | (fresh >> 1u), may_shift);
      if (side_x != 0) {
        bits = select(0u, select((fresh & 1u) << 31u, fresh >> 31u, side_x == 1), may_shift);
      }
      let neighbor = direction(side_z, side_y, side_x);
      let first = neighbors[neighbor];
      if (bits == 0u || first == OUTSIDE) {
        continue;
      }
      if (first == NOT_RESIDENT) {
        atomicOr(&wanted, 1u << neighbor);
      } else if ((bits & open[first + word] & ~atomicLoad(&state[first + word])) != 0u) {
        atomicOr(&touched, 1u << neighbor);
      }
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
  load(thread, id);
  workgroupBarrier();
  loop {
    var changed = false;
    for (var line = thread; line < 32u; line += threads) {
      changed = sweep_line((line + 1u) * PITCH + 1u, 1u, line * OPEN_PITCH, 1u, 32u, 0u, 0u, reach >= 2u) || changed;
    }
    workgroupBarrier();
    for (var line = thread; line < 32u; line += threads) {
      changed = sweep_line(PITCH + line + 1u, PITCH, line, OPEN_PITCH, 32u, 0u, 0u, reach >= 2u) || changed;
    }
    if (reach >= 2u) {
      workgroupBarrier();
      for (var line = thread; line < 32u; line += threads) {
        changed = sweep_line(PITCH + line + 1u, PITCH + 1u, line, OPEN_PITCH + 1u, 32u - line, 32u, 32u, reach == 3u) || changed;
      }
      workgroupBarrier();
      for (var line = thread; line < 32u; line += threads) {
        changed = sweep_line(32u * PITCH + line + 1u, 1u - PITCH, 31u * OPEN_PITCH + line, 1u - OPEN_PITCH, 32u - line, 32u, 32u, reach == 3u) || changed;
      }
    }
    if (changed) {
      atomicStore(&moved, 1u);
    }
    workgroupBarrier();
    if (thread == 0u) {
      again = atomicExchange(&moved, 0u);
    }
    if (workgroupUniformLoad(&again) == 0u) {
      break;
    }
  }
  store(thread);
  workgroupBarrier();
  announce(thread, id);
}
