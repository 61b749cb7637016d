// A brick as the quad stage hands it to the brick stages. Packed by src/engine/slices/instances.ts; vectors are in voxels of
// the brick's level: x, y, z on an oblique plane, else along the view's horizontal, vertical and third axis.

struct Brick {
  @builtin(position) position: vec4<f32>,
  // From one pixel to the next, to the right and down.
  @location(0) @interpolate(flat) right: vec3<f32>,
  @location(1) @interpolate(flat) down: vec3<f32>,
  // The brick's sides as seen from the middle of the canvas, and that in the brick's own voxels.
  @location(2) @interpolate(flat) low: vec3<f32>,
  @location(3) @interpolate(flat) high: vec3<f32>,
  @location(4) @interpolate(flat) centre: vec3<f32>,
  // Its last voxel along each axis.
  @location(5) @interpolate(flat) last: vec3<f32>,
  // Index in the buffer of its first voxel, on a plane that is not oblique of the first in that; the stage's own parameter.
  @location(6) @interpolate(flat) place: vec2<u32>,
}

// Whether the quad holds pixels that are not the brick's. Constant: software adapters pay for both sides of other branches.
override is_oblique: bool = false;

// Where the pixel's centre lies, from the middle of the canvas. Nothing is drawn of pixels that are other bricks'.
fn place_in_brick(brick: Brick) -> vec3<f32> {
  let pixel = brick.position.xy - 0.5 * view.size;
  let at = pixel.x * brick.right + pixel.y * brick.down;
  if (is_oblique && (any(at < brick.low) || any(at >= brick.high))) { discard; }
  return at;
}

// Index of the voxel under the pixel's centre, in voxels from the beginning of the block.
fn voxel_index(brick: Brick) -> u32 {
  if (is_oblique) {
    let at = floor(place_in_brick(brick) + brick.centre);
    let voxel = vec3<u32>(clamp(at, vec3<f32>(0.0), brick.last));
    return brick.place.x + dot(voxel, vec3<u32>(1u, 64u, 4096u));
  }
  // Half the work, as software adapters feel: across the plane nothing changes, and `place` has it already.
  let pixel = brick.position.xy - 0.5 * view.size;
  let at = floor(pixel * vec2<f32>(brick.right.x, brick.down.y) + brick.centre.xy);
  let voxel = vec2<u32>(clamp(at, vec2<f32>(0.0), brick.last.xy));
  return brick.place.x + dot(voxel, view.stride);
}
