// One quad per brick, in whole pixels.

@vertex
fn quad(
  @builtin(vertex_index) corner: u32,
  @location(0) rectangle: vec4<f32>,
  @location(1) mapping: vec4<f32>,
  @location(2) place: vec4<u32>,
) -> Brick {
  let pixel = select(rectangle.xy, rectangle.zw, vec2<bool>((corner & 1u) != 0u, (corner & 2u) != 0u));
  let clip = vec2<f32>(2.0, -2.0) * pixel / view.size + vec2<f32>(-1.0, 1.0);
  return Brick(vec4<f32>(clip, 0.0, 1.0), mapping, place);
}
