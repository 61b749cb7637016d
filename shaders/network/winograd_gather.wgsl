// Gathers the products of a tile of one quad of outputs in an invocation's registers; ends as any convolution does.

@compute @workgroup_size(ITEMS)
fn gather_tiles(@builtin(global_invocation_id) id: vec3<u32>) {
  let tile = id.x / step.out_quads;
  let quad = id.x % step.out_quads;
  if (tile >= tiles()) {
    return;
  }
  let plane = part.first + id.z;
  let at = products_plane(plane) + id.x;
  let apart = tiles() * step.out_quads;
  //@for y < 8
  let row_#{y} = gather_line(Line(
    //@for x < 8
    products[at + #{8*y+x}u * apart],
    //@end
  ));
  //@end
  let tile_corner = corner(tile);
  let bias = biases[quad];
  //@for x < 6
  if (tile_corner.y + #{x}u < part.size_x) {
    let column = gather_line(Line(
      //@for y < 8
      row_#{y}[#{x}],
      //@end
    ));
    //@for y < 6
    if (tile_corner.x + #{y}u < part.size_y) {
      put(padded(plane, tile_corner.x + #{y}u, tile_corner.y + #{x}u), quad, column[#{y}] + bias);
    }
    //@end
  }
  //@end
}
