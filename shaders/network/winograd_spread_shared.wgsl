// Spreads ITEMS tiles of one quad of inputs each, a thread a column and then a row of one: few registers, few loads.

var<workgroup> columns: array<vec4<f32>, PRODUCTS * ITEMS>;

@compute @workgroup_size(IN * ITEMS)
fn spread_tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let item = thread % ITEMS;
  let line = thread / ITEMS;
  let tile = (group.x * ITEMS + item) / step.in_quads;
  let quad = (group.x * ITEMS + item) % step.in_quads;
  let plane = part.first + group.z;
  let tile_corner = corner(tile);
  let column = spread_line(Line(
    //@for y < 8
    input_at(plane, tile_corner, #{y}u, line, quad),
    //@end
  ));
  //@for y < 8
  columns[#{y}u * IN * ITEMS + thread] = column[#{y}];
  //@end
  workgroupBarrier();
  if (tile >= tiles()) {
    return;
  }
  let row = spread_line(Line(
    //@for x < 8
    columns[(line * IN + #{x}u) * ITEMS + item],
    //@end
  ));
  let to = spread_index(plane, tile, quad);
  let apart = tiles() * step.in_quads;
  //@for x < 8
  spread[to + (line * IN + #{x}u) * apart] = row[#{x}];
  //@end
}
