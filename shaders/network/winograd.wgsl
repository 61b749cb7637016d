// Winograd's minimal filtering F(6, 3) along y and x (S. Winograd, 1980; A. Lavin and S. Gray, arXiv:1509.09308): a tile of 6 × 6 voxels of
// a plane takes 8 × 8 products in place of 18 × 18; along z there are three taps, as there were. A convolution is three kernels: inputs are
// spread, multiplied by factors that were made of the weights, and the products gathered. The points are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity.
// Between the kernels all is f32, by plane, product, tile, quad; of what is spread each field of view has a plane of zeros before and after.

const OUT = 6u;
const IN = 8u;
const PRODUCTS = 64u;

alias Line = array<vec4<f32>, 8>;

/// What the factors of eight inputs are multiplied by.
fn spread_line(v: Line) -> Line {
  let even_1 = v[2] + v[6] - 4.25 * v[4];
  let odd_1 = v[1] + v[5] - 4.25 * v[3];
  let even_2 = v[6] + 0.25 * v[2] - 1.25 * v[4];
  let odd_2 = 0.5 * v[1] - 2.5 * v[3] + 2.0 * v[5];
  let even_half = v[6] + 4.0 * v[2] - 5.0 * v[4];
  let odd_half = 2.0 * v[1] - 2.5 * v[3] + 0.5 * v[5];
  return Line(
    v[0] - v[6] + 5.25 * (v[4] - v[2]),
    even_1 + odd_1,
    even_1 - odd_1,
    even_2 + odd_2,
    even_2 - odd_2,
    even_half + odd_half,
    even_half - odd_half,
    v[7] - v[1] + 5.25 * (v[3] - v[5]),
  );
}

/// The outputs that eight products make.
fn gather_line(v: Line) -> array<vec4<f32>, 6> {
  let even_1 = v[1] + v[2];
  let odd_1 = v[1] - v[2];
  let even_2 = v[3] + v[4];
  let odd_2 = v[3] - v[4];
  let even_half = v[5] + v[6];
  let odd_half = v[5] - v[6];
  return array<vec4<f32>, 6>(
    v[0] + even_1 + (even_2 + even_half),
    odd_1 + 2.0 * odd_2 + 0.5 * odd_half,
    even_1 + 4.0 * even_2 + 0.25 * even_half,
    odd_1 + 8.0 * odd_2 + 0.125 * odd_half,
    even_1 + 16.0 * even_2 + 0.0625 * even_half,
    odd_1 + v[7] + 32.0 * odd_2 + 0.03125 * odd_half,
  );
}

/// Tiles of a row.
fn tiles_x() -> u32 {
  return (part.size_x + OUT - 1u) / OUT;
}

/// Tiles of a plane.
fn tiles() -> u32 {
  return (part.size_y + OUT - 1u) / OUT * tiles_x();
}

/// The first voxel (y, x) of a tile.
fn corner(tile: u32) -> vec2<u32> {
  return OUT * vec2<u32>(tile / tiles_x(), tile % tiles_x());
}

/// The index of a plane of what is spread, its first quad; planes are as far apart for all layers, so that those of zeros stay that.
fn spread_plane(field: u32, plane_before: u32) -> u32 {
  return (field * (part.size_z + 2u) + plane_before) * PRODUCTS * tiles() * step.most_quads;
}

/// The index of a plane of products, its first quad.
fn products_plane(plane: u32) -> u32 {
  return plane * PRODUCTS * tiles() * step.out_quads;
}
