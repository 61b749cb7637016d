// Spreads a tile of one quad of inputs in an invocation's registers: for software adapters where workgroup memory and barriers are dear.

@compute @workgroup_size(ITEMS)
fn spread_tiles(@builtin(global_invocation_id) id: vec3<u32>) {
  let tile = id.x / step.in_quads;
  let quad = id.x % step.in_quads;
  if (tile >= tiles()) {
    return;
  }
  let plane = part.first + id.z;
  let tile_corner = corner(tile);
  //@for x < 8
  let column_#{x} = spread_line(Line(
    //@for y < 8
    input_at(plane, tile_corner, #{y}u, #{x}u, quad),
    //@end
  ));
  //@end
  let to = spread_index(plane, tile, quad);
  let apart = tiles() * step.in_quads;
  //@for y < 8
  {
    let row = spread_line(Line(
      //@for x < 8
      column_#{x}[#{y}],
      //@end
    ));
    //@for x < 8
    spread[to + #{8*y+x}u * apart] = row[#{x}];
    //@end
  }
  //@end
}
