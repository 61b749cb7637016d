// A segment's bits into the slice, laid out as in src/core/brick-bits.ts: of a brick in which it is alone, or of a running fill.
// The brick's parameter is the segment.

@group(1) @binding(0) var<storage, read> bits: array<u32>;

@fragment
fn bits_of_segment(brick: Brick) -> @location(0) u32 {
  let index = voxel_index(brick);
  let x = index & 63u;
  let y = (index >> 6u) & 63u;
  let z = (index >> 12u) & 63u;
  let slot = index >> 18u;
  let sub_brick = ((z >> 5u) * 2u + (y >> 5u)) * 2u + (x >> 5u);
  let word = bits[slot * 8192u + sub_brick * 1024u + (z & 31u) * 32u + (y & 31u)];
  if (((word >> (x & 31u)) & 1u) == 0u) { discard; }
  return brick.place.y;
}
