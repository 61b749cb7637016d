// Activations lie channels last, four to a vector (a quad), each field of view with a border of zeros one voxel wide:
// no kernel asks where an edge is. Nothing is ever written to a border. `real` is what they are stored in.

override size_z: u32 = 1;
override size_y: u32 = 1;
override size_x: u32 = 1;

/// The part of a step that a dispatch is: planes from here on, counted through all fields of view.
struct Part {
  first_plane: u32,
}

/// The index of a voxel in a padded activation, in voxels.
fn padded(plane: u32, y: u32, x: u32) -> u32 {
  let field = plane / size_z;
  let z = plane % size_z;
  return ((field * (size_z + 2u) + z + 1u) * (size_y + 2u) + y + 1u) * (size_x + 2u) + x + 1u;
}

/// The index of a voxel in a plain array.
fn dense(plane: u32, y: u32, x: u32) -> u32 {
  return (plane * size_y + y) * size_x + x;
}
