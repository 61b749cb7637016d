// A brick as the quad stage hands it to the brick stages. Packed by src/engine/slices/draw-list.ts.

struct Brick {
  @builtin(position) position: vec4<f32>,
  // From pixels to the brick's own voxels: horizontal scale, offset, vertical scale, offset.
  @location(0) @interpolate(flat) mapping: vec4<f32>,
  // Index of the first voxel on the slice, last voxel along the horizontal and the vertical axis, the stage's own parameter.
  @location(1) @interpolate(flat) place: vec4<u32>,
}

// Index of the voxel under the pixel's centre, in voxels from the beginning of the block.
fn voxel_index(brick: Brick) -> u32 {
  let at = floor(brick.position.xy * brick.mapping.xz + brick.mapping.yw);
  let voxel = vec2<u32>(clamp(at, vec2<f32>(0.0), vec2<f32>(brick.place.yz)));
  return brick.place.x + dot(voxel, view.stride);
}
