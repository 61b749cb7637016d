// A brick's image values into the slice.

const UINT8 = 0u;
const UINT16 = 1u;
const INT16 = 2u;
override image_dtype: u32;

@group(1) @binding(0) var<storage, read> voxels: array<u32>;

fn value_at(index: u32) -> f32 {
  switch image_dtype {
    case UINT8: { return f32(extractBits(voxels[index >> 2u], (index & 3u) * 8u, 8u)); }
    case UINT16: { return f32(extractBits(voxels[index >> 1u], (index & 1u) * 16u, 16u)); }
    case INT16: { return f32(extractBits(bitcast<i32>(voxels[index >> 1u]), (index & 1u) * 16u, 16u)); }
    default: {
      let bits = voxels[index];
      let is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
      return select(bitcast<f32>(bits), NOT_LOADED, is_nan);
    }
  }
}

@fragment
fn image(brick: Brick) -> @location(0) f32 {
  return value_at(voxel_index(brick));
}
