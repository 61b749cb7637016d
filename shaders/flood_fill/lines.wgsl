// Rows (words along x) are swept along lines: along y, along z and, for 18 and 26 neighbours, along both diagonals of the
// y-z plane: the phases. A thread owns whole lines, and in one phase each row lies on exactly one line, so no two threads
// touch a row.

/// Lines on which this thread has changed rows, by phase.
var<private> marks: vec4<u32>;

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
