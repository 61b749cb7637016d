// A brick's labels into the slice: segment ids, or indices of a stored label layer. Coarse levels lie below fine ones, so 0 is
// painted too.

@group(1) @binding(0) var<storage, read> voxels: array<u32>;

@fragment
fn labels(brick: Brick) -> @location(0) u32 {
  return voxels[voxel_index(brick)];
}
