// A brick's labels into the slice. The brick's parameter is or-ed to each label: REFERENCE_BIT, or 0 for segments.

@group(1) @binding(0) var<storage, read> voxels: array<u32>;

@fragment
fn labels(brick: Brick) -> @location(0) u32 {
  let label = voxels[voxel_index(brick)];
  let id = label | brick.place.w;
  if (label == 0u || (id < REFERENCE_BIT && (flags_of(id) & FLAG_HIDDEN) != 0u)) { discard; }
  return id;
}
