// Activations lie channels last, four to a vector (a quad), each field of view with a border of zeros one voxel wide:
// no kernel asks where an edge is. Nothing is ever written to a border. `real` is what they are stored in.

/// The part of a step that a dispatch is: planes (or slabs of them) from the first on, counted through all fields of view; and how
/// large these are.
struct Part {
  first: u32,
  size_z: u32,
  size_y: u32,
  size_x: u32,
}

@group(0) @binding(0) var<uniform> part: Part;

/// The index of a voxel in a padded activation, in voxels.
fn padded(plane: u32, y: u32, x: u32) -> u32 {
  let field = plane / part.size_z;
  let z = plane % part.size_z;
  return ((field * (part.size_z + 2u) + z + 1u) * (part.size_y + 2u) + y + 1u) * (part.size_x + 2u) + x + 1u;
}

/// The index of a voxel in a plain array.
fn dense(plane: u32, y: u32, x: u32) -> u32 {
  return (plane * part.size_y + y) * part.size_x + x;
}
