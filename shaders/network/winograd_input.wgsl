@group(0) @binding(3) var<storage, read_write> spread: array<vec4<f32>>;

/// The input of a tile at (y, x), of which the first is the one before its corner; zero past the border of the field of view.
fn input_at(plane: u32, tile_corner: vec2<u32>, y: u32, x: u32, quad: u32) -> vec4<f32> {
  let at = padded(plane, tile_corner.x + y, tile_corner.y + x) - (part.size_x + 3u);
  let is_there = tile_corner.x + y < part.size_y + 2u && tile_corner.y + x < part.size_x + 2u;
  return select(vec4<f32>(), rectified(input[at * step.in_quads + quad]), is_there);
}

/// Where the first product of a tile's quad goes.
fn spread_index(plane: u32, tile: u32, quad: u32) -> u32 {
  return spread_plane(plane / part.size_z, plane % part.size_z + 1u) + tile * step.in_quads + quad;
}
