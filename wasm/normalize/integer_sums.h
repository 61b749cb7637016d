// Exact sums and the extremes of unsigned integers.
#pragma once

#include <cstdint>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

// Of fewer than 2^31 voxels: their squares stay below 2^63.
struct IntegerSums {
  uint64_t sum = 0;
  uint64_t squares = 0;
  uint16_t minimum = UINT16_MAX;
  uint16_t maximum = 0;

  void add(uint16_t value) {
    sum += value;
    squares += uint64_t{value} * value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
};

#ifdef __wasm_simd128__

inline uint64_t sum_of_u64x2(v128_t two) {
  return wasm_u64x2_extract_lane(two, 0) + wasm_u64x2_extract_lane(two, 1);
}

// Adjacent u32 lanes added as u64.
inline v128_t pairs_of_u32x4(v128_t four) {
  return wasm_i64x2_add(wasm_u64x2_extend_low_u32x4(four), wasm_u64x2_extend_high_u32x4(four));
}

struct ByteLanes {
  using Voxel = uint8_t;
  // The squares of a step take 18 bits of a lane.
  static constexpr int32_t kMostSteps = 1 << 13;
  v128_t minimum = wasm_i8x16_splat(-1);
  v128_t maximum = wasm_i8x16_splat(0);
  v128_t sum = wasm_i32x4_splat(0);
  v128_t squares = wasm_i32x4_splat(0);

  void add(v128_t voxels) {
    minimum = wasm_u8x16_min(minimum, voxels);
    maximum = wasm_u8x16_max(maximum, voxels);
    const v128_t low = wasm_u16x8_extend_low_u8x16(voxels);
    const v128_t high = wasm_u16x8_extend_high_u8x16(voxels);
    sum = wasm_i32x4_add(sum, wasm_u32x4_extadd_pairwise_u16x8(wasm_i16x8_add(low, high)));
    const v128_t low_squares = wasm_i32x4_dot_i16x8(low, low);
    const v128_t high_squares = wasm_i32x4_dot_i16x8(high, high);
    squares = wasm_i32x4_add(squares, wasm_i32x4_add(low_squares, high_squares));
  }

  uint64_t squares_total() const { return sum_of_u64x2(pairs_of_u32x4(squares)); }
};

struct WordLanes {
  using Voxel = uint16_t;
  // The sum of a step takes 17 bits of a lane.
  static constexpr int32_t kMostSteps = 1 << 14;
  v128_t minimum = wasm_i8x16_splat(-1);
  v128_t maximum = wasm_i8x16_splat(0);
  v128_t sum = wasm_i32x4_splat(0);
  v128_t squares = wasm_i64x2_splat(0);

  void add(v128_t voxels) {
    minimum = wasm_u16x8_min(minimum, voxels);
    maximum = wasm_u16x8_max(maximum, voxels);
    sum = wasm_i32x4_add(sum, wasm_u32x4_extadd_pairwise_u16x8(voxels));
    const v128_t low_squares = wasm_u32x4_extmul_low_u16x8(voxels, voxels);
    const v128_t high_squares = wasm_u32x4_extmul_high_u16x8(voxels, voxels);
    squares = wasm_i64x2_add(squares, pairs_of_u32x4(low_squares));
    squares = wasm_i64x2_add(squares, pairs_of_u32x4(high_squares));
  }

  uint64_t squares_total() const { return sum_of_u64x2(squares); }
};

template <class T>
struct LanesOf {
  using Lanes = ByteLanes;
};
template <>
struct LanesOf<uint16_t> {
  using Lanes = WordLanes;
};

// The sums of src[i] ^ flip.
template <class T>
IntegerSums integer_sums(const T* src, int32_t count, T flip) {
  using Lanes = typename LanesOf<T>::Lanes;
  constexpr int32_t kLanes = 16 / sizeof(T);
  constexpr int32_t kMost = Lanes::kMostSteps * kLanes;
  const v128_t flips = sizeof(T) == 1 ? wasm_u8x16_splat(flip) : wasm_u16x8_splat(flip);
  const int32_t whole = count & -kLanes;
  IntegerSums sums;
  for (int32_t begin = 0; begin < whole;) {
    const int32_t end = whole - begin < kMost ? whole : begin + kMost;
    Lanes lanes;
    for (; begin < end; begin += kLanes) {
      lanes.add(wasm_v128_xor(wasm_v128_load(src + begin), flips));
    }
    sums.sum += sum_of_u64x2(pairs_of_u32x4(lanes.sum));
    sums.squares += lanes.squares_total();
    T extremes[2 * kLanes];
    wasm_v128_store(extremes, lanes.minimum);
    wasm_v128_store(extremes + kLanes, lanes.maximum);
    for (const T value : extremes) {
      if (value < sums.minimum) sums.minimum = value;
      if (value > sums.maximum) sums.maximum = value;
    }
  }
  for (int32_t at = whole; at < count; at++) sums.add(src[at] ^ flip);
  return sums;
}

#else

// The sums of src[i] ^ flip.
template <class T>
IntegerSums integer_sums(const T* src, int32_t count, T flip) {
  IntegerSums sums;
  for (int32_t at = 0; at < count; at++) sums.add(src[at] ^ flip);
  return sums;
}

#endif

}  // namespace floodlight
