// A brick's labels into the slice. The brick's parameter is or-ed to each label: REFERENCE_BIT, or 0 for segments.
// The stored label layer is painted first, its coarse levels below its fine ones: there 0 is painted too.

@group(1) @binding(0) var<storage, read> voxels: array<u32>;

@fragment
fn labels(brick: Brick) -> @location(0) u32 {
  let label = voxels[voxel_index(brick)];
  if (brick.place.w == REFERENCE_BIT) { return select(label | REFERENCE_BIT, 0u, label == 0u); }
  if (label == 0u || (flags_of(label) & FLAG_HIDDEN) != 0u) { discard; }
  return label;
}
