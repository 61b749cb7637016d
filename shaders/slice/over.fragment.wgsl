// A layer over those below it, which the target holds; it blends as src/engine/slices/pipelines.ts says.

override is_image: bool;

@fragment
fn over(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
  let pixel = vec2<i32>(position.xy);
  var colour: vec4<f32>;
  if (is_image) { colour = image_colour(pixel); } else { colour = label_colour(pixel); }
  if (blending == MULTIPLY) { return vec4<f32>(mix(vec3<f32>(1.0), colour.rgb, colour.a), 1.0); }
  return colour;
}
