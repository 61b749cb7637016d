// Binary32 to binary16: rounds to nearest even, keeps subnormals and infinities, makes every NaN
// 0x7e00.
#pragma once

#include <cstdint>
#include <cstring>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

constexpr uint32_t kFloatInfinity = 0x7f800000;
// 2^16: from here on (in fact from 65,520 on, by rounding) a half is infinite.
constexpr uint32_t kHalfOverflow = 0x47800000;
// 2^-14: below it a half is subnormal.
constexpr uint32_t kHalfNormal = 0x38800000;
// 0.5 has a last place of 2^-24, as subnormal halves do: adding it rounds to them.
constexpr uint32_t kHalfOfOne = 0x3f000000;
// From the exponent's bias of a float to that of a half.
constexpr uint32_t kBiasChange = (127 - 15) << 23;
constexpr uint32_t kHalfNan = 0x7e00;

#ifdef __wasm_simd128__

// Four floats as halves, in the low 16 bits of each lane.
inline v128_t halves_of(v128_t floats) {
  const v128_t sign = wasm_v128_and(floats, wasm_i32x4_splat(INT32_MIN));
  const v128_t magnitude = wasm_v128_xor(floats, sign);
  const v128_t finite = wasm_u32x4_min(magnitude, wasm_u32x4_splat(kHalfOverflow));
  const v128_t odd = wasm_v128_and(wasm_u32x4_shr(finite, 13), wasm_u32x4_splat(1));
  const v128_t rounding = wasm_i32x4_sub(wasm_u32x4_splat(0xfff), wasm_u32x4_splat(kBiasChange));
  const v128_t normal =
      wasm_u32x4_shr(wasm_i32x4_add(wasm_i32x4_add(finite, rounding), odd), 13);
  const v128_t half = wasm_u32x4_splat(kHalfOfOne);
  const v128_t subnormal = wasm_i32x4_sub(wasm_f32x4_add(finite, half), half);
  const v128_t is_subnormal = wasm_i32x4_lt(magnitude, wasm_u32x4_splat(kHalfNormal));
  const v128_t is_nan = wasm_i32x4_gt(magnitude, wasm_u32x4_splat(kFloatInfinity));
  const v128_t number = wasm_v128_bitselect(subnormal, normal, is_subnormal);
  const v128_t signed_number = wasm_v128_or(number, wasm_u32x4_shr(sign, 16));
  return wasm_v128_bitselect(wasm_u32x4_splat(kHalfNan), signed_number, is_nan);
}

#else

inline uint16_t half_of(float number) {
  uint32_t magnitude;
  memcpy(&magnitude, &number, sizeof magnitude);
  const uint32_t sign = magnitude & 0x80000000;
  magnitude ^= sign;
  if (magnitude > kFloatInfinity) return kHalfNan;
  if (magnitude < kHalfNormal) {
    float shifted;
    memcpy(&shifted, &magnitude, sizeof shifted);
    shifted += 0.5f;
    memcpy(&magnitude, &shifted, sizeof magnitude);
    return static_cast<uint16_t>((magnitude - kHalfOfOne) | sign >> 16);
  }
  if (magnitude > kHalfOverflow) magnitude = kHalfOverflow;
  const uint32_t odd = magnitude >> 13 & 1;
  return static_cast<uint16_t>((magnitude + 0xfff - kBiasChange + odd) >> 13 | sign >> 16);
}

#endif

}  // namespace floodlight
