// What a visit passes on to the sub-bricks around it.

/// Neighbours that need not be looked at again in this visit, by direction.
var<private> found: u32;

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
