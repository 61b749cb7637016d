// Puts image and seed together as the two channels of the network's input.

override threads: u32 = 64;

@group(0) @binding(1) var<storage, read> image: array<f32>;
@group(0) @binding(2) var<storage, read> seed: array<f32>;
@group(0) @binding(3) var<storage, read_write> input: array<real4>;

@compute @workgroup_size(threads)
fn load(@builtin(global_invocation_id) id: vec3<u32>) {
  let y = id.x / part.size_x;
  let x = id.x % part.size_x;
  if (y >= part.size_y) {
    return;
  }
  let plane = part.first + id.z;
  let at = dense(plane, y, x);
  input[padded(plane, y, x)] = real4(vec4<f32>(image[at], seed[at], 0.0, 0.0));
}
