// Gathers the products of ITEMS tiles of one quad of outputs each, a thread a row and then a column of one; ends as any convolution does.

var<workgroup> rows: array<vec4<f32>, IN * OUT * ITEMS>;

@compute @workgroup_size(IN * ITEMS)
fn gather_tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let item = thread % ITEMS;
  let line = thread / ITEMS;
  let tile = (group.x * ITEMS + item) / step.out_quads;
  let quad = (group.x * ITEMS + item) % step.out_quads;
  let plane = part.first + group.z;
  let at = products_plane(plane) + group.x * ITEMS + item;
  let apart = tiles() * step.out_quads;
  let row = gather_line(Line(
    //@for x < 8
    products[at + (line * IN + #{x}u) * apart],
    //@end
  ));
  //@for x < 6
  rows[(line * OUT + #{x}u) * ITEMS + item] = row[#{x}];
  //@end
  workgroupBarrier();
  let tile_corner = corner(tile);
  if (tile >= tiles() || line >= OUT || tile_corner.y + line >= part.size_x) {
    return;
  }
  let column = gather_line(Line(
    //@for y < 8
    rows[#{y}u * OUT * ITEMS + thread],
    //@end
  ));
  //@for y < 6
  if (tile_corner.x + #{y}u < part.size_y) {
    put(padded(plane, tile_corner.x + #{y}u, tile_corner.y + line), quad, column[#{y}] + biases[quad]);
  }
  //@end
}
