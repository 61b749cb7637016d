// The bricks' parameter, and none of their voxels: 1 for what could not be read, 0 for what shows over it.

@fragment
fn mark(brick: Brick) -> @location(0) u32 {
  _ = place_in_brick(brick);
  return brick.place.y;
}
