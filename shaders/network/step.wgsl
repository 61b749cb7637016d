/// What tells one layer from another; no part of the pipeline, which takes a software adapter a second to compile.
struct Step {
  in_quads: u32,
  out_quads: u32,
  /// Inputs, and sums, below these become these: 0 for ReLU, else lower than any.
  floor_before: f32,
  floor_after: f32,
  /// 1 where the result is added to what lies there.
  adds: u32,
  /// The larger of quads that a layer of the network has.
  most_quads: u32,
}

@group(0) @binding(1) var<uniform> step: Step;
