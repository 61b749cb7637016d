// One quad per brick, in whole pixels; packed by src/engine/slices/instances.ts.

@vertex
fn quad(
  @builtin(vertex_index) corner: u32,
  @location(0) rectangle: vec4<f32>,
  @location(1) right: vec3<f32>,
  @location(2) down: vec3<f32>,
  @location(3) low: vec3<f32>,
  @location(4) high: vec3<f32>,
  @location(5) centre: vec3<f32>,
  @location(6) last: vec3<f32>,
  @location(7) place: vec2<u32>,
) -> Brick {
  let pixel = select(rectangle.xy, rectangle.zw, vec2<bool>((corner & 1u) != 0u, (corner & 2u) != 0u));
  let clip = vec2<f32>(2.0, -2.0) * pixel / view.size + vec2<f32>(-1.0, 1.0);
  return Brick(vec4<f32>(clip, 0.0, 1.0), right, down, low, high, centre, last, place);
}
