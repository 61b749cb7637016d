// Colours a slice from the background on: over it the lowest layer, and over an image as the lowest one a label layer.

override has_image: bool;
override has_labels: bool;

// The tokens --background and --surface of the dark theme.
const OUTSIDE = vec3<f32>(12.0, 14.0, 17.0) / 255.0;
const EMPTY = vec3<f32>(20.0, 23.0, 27.0) / 255.0;

@fragment
fn base(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
  let pixel = vec2<i32>(position.xy);
  let from_middle = position.xy - 0.5 * view.size;
  let at = from_middle.x * view.right + from_middle.y * view.down;
  let inside = all(at >= view.low) && all(at < view.high);
  var colour = select(OUTSIDE, EMPTY, inside);
  if (has_image) {
    let image = image_colour(pixel);
    colour = mix(colour, image.rgb, image.a);
  }
  if (has_labels) { colour = blend(colour, label_colour(pixel)); }
  return vec4<f32>(colour, 1.0);
}
