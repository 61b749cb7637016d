// Which voxels have a value in a range, as bits: SIMD over 16 voxels at a time, with a scalar twin.
#pragma once

#include <cstdint>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

// Voxel types by the numbers that dtypeCode of src/segment/flood-fill/plan.ts gives them.
enum class Dtype : int32_t { kUint8 = 0, kUint16 = 1, kInt16 = 2, kFloat32 = 3 };

// The values of a voxel type in [low, high], ends included; `is_empty` where there are none.
template <class Voxel>
struct ValueRange {
  Voxel low = 0;
  Voxel high = 0;
  bool is_empty = true;
};

// The integers in [low, high].
template <class Voxel>
inline ValueRange<Voxel> range_of(double low, double high) {
  constexpr bool kSigned = Voxel(-1) < Voxel(0);
  constexpr double kLeast = kSigned ? -double(1 << (8 * sizeof(Voxel) - 1)) : 0.0;
  constexpr double kMost = kLeast + double((1 << (8 * sizeof(Voxel))) - 1);
  const double first = __builtin_ceil(low > kLeast ? low : kLeast);
  const double last = __builtin_floor(high < kMost ? high : kMost);
  if (!(low <= high) || !(first <= last)) return {};
  return {Voxel(int32_t(first)), Voxel(int32_t(last)), false};
}

// The float next to `value` towards infinity, or for `sign` -1 towards minus infinity.
inline float next_float(float value, float sign) {
  if (value == 0) return sign * __builtin_bit_cast(float, uint32_t(1));
  const uint32_t bits = __builtin_bit_cast(uint32_t, value);
  return __builtin_bit_cast(float, value * sign > 0 ? bits + 1 : bits - 1);
}

// The floats in [low, high]: the ends are numbers of double precision, and so rounded inwards.
template <>
inline ValueRange<float> range_of<float>(double low, double high) {
  if (!(low <= high)) return {};
  float first = float(low);
  float last = float(high);
  if (double(first) < low) first = next_float(first, 1);
  if (double(last) > high) last = next_float(last, -1);
  return {first, last, false};
}

template <class Voxel>
inline bool is_in(Voxel value, const ValueRange<Voxel>& range) {
  return value >= range.low && value <= range.high;
}

#ifdef __wasm_simd128__

// Bit i: whether voxel i of 16 is in the range. Integers compare in one step: value - low, modulo
// 2^n, is at most high - low.
inline uint32_t bits_of_16(const uint8_t* voxels, const ValueRange<uint8_t>& range) {
  const v128_t value = wasm_i8x16_sub(wasm_v128_load(voxels), wasm_u8x16_splat(range.low));
  return wasm_i8x16_bitmask(
      wasm_u8x16_le(value, wasm_u8x16_splat(uint8_t(range.high - range.low))));
}

template <class Voxel>
inline v128_t in_range_of_8(const Voxel* voxels, const ValueRange<Voxel>& range) {
  const v128_t value = wasm_i16x8_sub(wasm_v128_load(voxels), wasm_i16x8_splat(range.low));
  return wasm_u16x8_le(value, wasm_u16x8_splat(uint16_t(range.high - range.low)));
}

template <class Voxel>
inline uint32_t bits_of_16(const Voxel* voxels, const ValueRange<Voxel>& range) {
  return wasm_i8x16_bitmask(wasm_i8x16_narrow_i16x8(in_range_of_8(voxels, range),
                                                    in_range_of_8(voxels + 8, range)));
}

inline v128_t in_range_of_4(const float* voxels, const ValueRange<float>& range) {
  const v128_t value = wasm_v128_load(voxels);
  return wasm_v128_and(wasm_f32x4_ge(value, wasm_f32x4_splat(range.low)),
                       wasm_f32x4_le(value, wasm_f32x4_splat(range.high)));
}

inline uint32_t bits_of_16(const float* voxels, const ValueRange<float>& range) {
  const v128_t low = wasm_i16x8_narrow_i32x4(in_range_of_4(voxels, range),
                                             in_range_of_4(voxels + 4, range));
  const v128_t high = wasm_i16x8_narrow_i32x4(in_range_of_4(voxels + 8, range),
                                              in_range_of_4(voxels + 12, range));
  return wasm_i8x16_bitmask(wasm_i8x16_narrow_i16x8(low, high));
}

#else

template <class Voxel>
inline uint32_t bits_of_16(const Voxel* voxels, const ValueRange<Voxel>& range) {
  uint32_t bits = 0;
  for (int i = 0; i < 16; i++) bits |= uint32_t(is_in(voxels[i], range)) << i;
  return bits;
}

#endif

// Bit i: whether voxel i is in the range, which must not be empty, for `count` voxels, 64 at most;
// reads no others.
template <class Voxel>
inline uint64_t bits_in_range(const Voxel* voxels, int count, const ValueRange<Voxel>& range) {
  uint64_t bits = 0;
  int at = 0;
  for (; at + 16 <= count; at += 16) bits |= uint64_t(bits_of_16(voxels + at, range)) << at;
  if (at == count) return bits;
  // The last 16 again, which overlap those before; one by one where there are fewer.
  if (count > 16) return bits | uint64_t(bits_of_16(voxels + count - 16, range)) << (count - 16);
  for (; at < count; at++) bits |= uint64_t(is_in(voxels[at], range)) << at;
  return bits;
}

}  // namespace floodlight
