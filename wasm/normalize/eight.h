// Eight voxels as doubles: loaded from any voxel type, stored as any that normalization makes.
#pragma once

#include "half.h"
#include "voxels.h"

namespace floodlight {

constexpr int32_t kEight = 8;

#ifdef __wasm_simd128__

struct Eight {
  v128_t pairs[4];
};

// Eight int32 as doubles.
inline Eight eight_of(v128_t low, v128_t high) {
  const auto upper = [](v128_t four) { return wasm_i32x4_shuffle(four, four, 2, 3, 2, 3); };
  return {wasm_f64x2_convert_low_i32x4(low), wasm_f64x2_convert_low_i32x4(upper(low)),
          wasm_f64x2_convert_low_i32x4(high), wasm_f64x2_convert_low_i32x4(upper(high))};
}

inline Eight load_eight(const uint8_t* src) {
  const v128_t words = wasm_u16x8_load8x8(src);
  return eight_of(wasm_u32x4_extend_low_u16x8(words), wasm_u32x4_extend_high_u16x8(words));
}

inline Eight load_eight(const uint16_t* src) {
  return eight_of(wasm_u32x4_load16x4(src), wasm_u32x4_load16x4(src + 4));
}

inline Eight load_eight(const int16_t* src) {
  return eight_of(wasm_i32x4_load16x4(src), wasm_i32x4_load16x4(src + 4));
}

inline Eight load_eight(const float* src) {
  const auto pair = [src](int32_t at) {
    return wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(src + at));
  };
  return {pair(0), pair(2), pair(4), pair(6)};
}

inline Eight scaled(const Eight& eight, double scale, double offset) {
  const auto each = [scale, offset](v128_t pair) {
    return wasm_f64x2_add(wasm_f64x2_mul(pair, wasm_f64x2_splat(scale)), wasm_f64x2_splat(offset));
  };
  return {each(eight.pairs[0]), each(eight.pairs[1]), each(eight.pairs[2]), each(eight.pairs[3])};
}

// Four floats of two pairs of doubles.
inline v128_t floats_of(v128_t low, v128_t high) {
  return wasm_i32x4_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high),
                            0, 1, 4, 5);
}

inline void store_eight(const Eight& eight, float* dst) {
  wasm_v128_store(dst, floats_of(eight.pairs[0], eight.pairs[1]));
  wasm_v128_store(dst + 4, floats_of(eight.pairs[2], eight.pairs[3]));
}

inline void store_eight(const Eight& eight, Half* dst) {
  const v128_t low = halves_of(floats_of(eight.pairs[0], eight.pairs[1]));
  const v128_t high = halves_of(floats_of(eight.pairs[2], eight.pairs[3]));
  wasm_v128_store(dst, wasm_u16x8_narrow_i32x4(low, high));
}

// Clamped to 0–255 and rounded to nearest even, in the low halves of both lanes; NaN becomes 0.
inline v128_t bytes_of(v128_t pair) {
  const v128_t positive = wasm_f64x2_pmax(wasm_f64x2_splat(0), pair);
  const v128_t clamped = wasm_f64x2_pmin(wasm_f64x2_splat(255), positive);
  // From 2^52 on the last place of a double is 1: adding rounds, and leaves the integer in the low
  // bits.
  return wasm_f64x2_add(clamped, wasm_f64x2_splat(0x1p52));
}

inline void store_eight(const Eight& eight, uint8_t* dst) {
  const auto four = [&eight](int32_t at) {
    return wasm_i32x4_shuffle(bytes_of(eight.pairs[at]), bytes_of(eight.pairs[at + 1]), 0, 2, 4, 6);
  };
  const v128_t words = wasm_u16x8_narrow_i32x4(four(0), four(2));
  wasm_v128_store64_lane(dst, wasm_u8x16_narrow_i16x8(words, words), 0);
}

#else

struct Eight {
  double values[kEight];
};

template <class T>
Eight load_eight(const T* src) {
  Eight eight;
  for (int32_t at = 0; at < kEight; at++) eight.values[at] = src[at];
  return eight;
}

inline Eight scaled(Eight eight, double scale, double offset) {
  for (double& value : eight.values) value = value * scale + offset;
  return eight;
}

inline void store_eight(const Eight& eight, float* dst) {
  for (int32_t at = 0; at < kEight; at++) dst[at] = static_cast<float>(eight.values[at]);
}

inline void store_eight(const Eight& eight, Half* dst) {
  for (int32_t at = 0; at < kEight; at++) {
    dst[at].bits = half_of(static_cast<float>(eight.values[at]));
  }
}

inline void store_eight(const Eight& eight, uint8_t* dst) {
  for (int32_t at = 0; at < kEight; at++) {
    const double positive = eight.values[at] > 0 ? eight.values[at] : 0;
    dst[at] = static_cast<uint8_t>(__builtin_rint(positive < 255 ? positive : 255));
  }
}

#endif

}  // namespace floodlight
