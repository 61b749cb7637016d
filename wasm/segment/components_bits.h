// Comparisons of 64 voxels at a time, as bits: what connected components start from.
#pragma once

#include <cstdint>
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

// 64 voxels of background.
template <typename Voxel>
inline constexpr Voxel kBackgroundVoxels[64] = {};

#ifdef __wasm_simd128__

// 16 voxels compared: a byte each, all ones where they are equal.
template <int kVoxelBytes>
inline v128_t equal_bytes(const uint8_t* a, const uint8_t* b) {
  if constexpr (kVoxelBytes == 1) {
    return wasm_i8x16_eq(wasm_v128_load(a), wasm_v128_load(b));
  } else {
    const auto equal = [a, b](int at) {
      const v128_t left = wasm_v128_load(a + at);
      const v128_t right = wasm_v128_load(b + at);
      if constexpr (kVoxelBytes == 2) return wasm_i16x8_eq(left, right);
      if constexpr (kVoxelBytes == 4) return wasm_i32x4_eq(left, right);
      return wasm_i64x2_eq(left, right);
    };
    const auto halves = [&equal](int at) {
      if constexpr (kVoxelBytes == 2) return equal(at);
      if constexpr (kVoxelBytes == 4) return wasm_i16x8_narrow_i32x4(equal(at), equal(at + 16));
      const auto words = [&equal](int from) {
        return wasm_i32x4_shuffle(equal(from), equal(from + 16), 0, 2, 4, 6);
      };
      return wasm_i16x8_narrow_i32x4(words(at), words(at + 32));
    };
    return wasm_i8x16_narrow_i16x8(halves(0), halves(8 * kVoxelBytes));
  }
}

// Bit i is set where a[i] == b[i], for 64 voxels of each.
template <typename Voxel>
inline uint64_t equal_bits(const Voxel* a, const Voxel* b) {
  uint64_t bits = 0;
  for (int at = 0; at < 64; at += 16) {
    const v128_t equal = equal_bytes<sizeof(Voxel)>(reinterpret_cast<const uint8_t*>(a + at),
                                                    reinterpret_cast<const uint8_t*>(b + at));
    bits |= static_cast<uint64_t>(wasm_i8x16_bitmask(equal)) << at;
  }
  return bits;
}

#else

template <typename Voxel>
inline uint64_t equal_bits(const Voxel* a, const Voxel* b) {
  uint64_t bits = 0;
  for (int at = 0; at < 64; at++) bits |= static_cast<uint64_t>(a[at] == b[at]) << at;
  return bits;
}

#endif

}  // namespace floodlight
