@group(0) @binding(2) var<storage, read> products: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> biases: array<vec4<f32>>;
