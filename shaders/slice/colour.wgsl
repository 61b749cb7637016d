// The twin of src/core/colour.ts: a segment's colour, sRGB in [0, 1].

fn spread(id: u32, multiplier: u32) -> f32 {
  return f32((id * multiplier) >> 8u) / 16777216.0;
}

fn encode_srgb(linear: vec3<f32>) -> vec3<f32> {
  let light = clamp(linear, vec3<f32>(0.0), vec3<f32>(1.0));
  return select(1.055 * pow(light, vec3<f32>(1.0 / 2.4)) - 0.055, 12.92 * light, light <= vec3<f32>(0.0031308));
}

fn from_oklch(lightness: f32, chroma: f32, hue: f32) -> vec3<f32> {
  let a = chroma * cos(6.283185307 * hue);
  let b = chroma * sin(6.283185307 * hue);
  let root = vec3<f32>(
    lightness + 0.3963377774 * a + 0.2158037573 * b,
    lightness - 0.1055613458 * a - 0.0638541728 * b,
    lightness - 0.0894841775 * a - 1.291485548 * b,
  );
  let lms = root * root * root;
  return encode_srgb(vec3<f32>(
    dot(lms, vec3<f32>(4.0767416621, -3.3077115913, 0.2309699292)),
    dot(lms, vec3<f32>(-1.2684380046, 2.6097574011, -0.3413193965)),
    dot(lms, vec3<f32>(-0.0041960863, -0.7034186147, 1.707614701)),
  ));
}

fn segment_colour(id: u32) -> vec3<f32> {
  return from_oklch(
    0.7 + 0.18 * spread(id, 3242174889u),
    0.15 + 0.07 * spread(id, 2447445413u),
    spread(id, 2654435769u),
  );
}
