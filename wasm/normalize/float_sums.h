// Sums and the extremes of the finite ones of some floats, in doubles: four partial sums, of every
// fourth voxel each.
#pragma once

#include <cstdint>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

constexpr double kInfinity = __builtin_inf();

struct FloatSums {
  int32_t count = 0;
  double sum = 0;
  double minimum = kInfinity;
  double maximum = -kInfinity;
};

// NaN and infinities less themselves are NaN.
inline bool is_finite(float value) { return value - value == 0; }

inline double sum_of_four(const double* partial) {
  return (partial[0] + partial[1]) + (partial[2] + partial[3]);
}

// What remains of `count` behind whole groups of four voxels.
inline void add_rest(FloatSums& sums, double* partial, const float* src, int32_t count) {
  for (int32_t at = 0; at < count; at++) {
    if (!is_finite(src[at])) continue;
    sums.count++;
    partial[at % 4] += src[at];
    if (src[at] < sums.minimum) sums.minimum = src[at];
    if (src[at] > sums.maximum) sums.maximum = src[at];
  }
}

inline void add_rest_of_squares(double* partial, const float* src, int32_t count, double mean) {
  for (int32_t at = 0; at < count; at++) {
    const double deviation = src[at] - mean;
    if (is_finite(src[at])) partial[at % 4] += deviation * deviation;
  }
}

#ifdef __wasm_simd128__

inline v128_t finite_lanes(v128_t floats) {
  return wasm_f32x4_eq(wasm_f32x4_sub(floats, floats), wasm_f32x4_splat(0));
}

inline v128_t low_doubles(v128_t floats) { return wasm_f64x2_promote_low_f32x4(floats); }

inline v128_t high_doubles(v128_t floats) {
  return wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(floats, floats, 2, 3, 2, 3));
}

inline FloatSums float_sums(const float* src, int32_t count) {
  const int32_t whole = count & -4;
  v128_t low = wasm_f64x2_splat(0);
  v128_t high = low;
  v128_t minimum = wasm_f32x4_splat(__builtin_inff());
  v128_t maximum = wasm_f32x4_splat(-__builtin_inff());
  v128_t counts = wasm_i32x4_splat(0);
  for (int32_t at = 0; at < whole; at += 4) {
    const v128_t floats = wasm_v128_load(src + at);
    const v128_t finite = finite_lanes(floats);
    const v128_t terms = wasm_v128_and(floats, finite);
    counts = wasm_i32x4_sub(counts, finite);
    low = wasm_f64x2_add(low, low_doubles(terms));
    high = wasm_f64x2_add(high, high_doubles(terms));
    minimum = wasm_f32x4_pmin(minimum, wasm_v128_bitselect(floats, minimum, finite));
    maximum = wasm_f32x4_pmax(maximum, wasm_v128_bitselect(floats, maximum, finite));
  }
  double partial[4];
  wasm_v128_store(partial, low);
  wasm_v128_store(partial + 2, high);
  float extremes[8];
  wasm_v128_store(extremes, minimum);
  wasm_v128_store(extremes + 4, maximum);
  int32_t each[4];
  wasm_v128_store(each, counts);
  FloatSums sums;
  for (int32_t lane = 0; lane < 4; lane++) {
    sums.count += each[lane];
    if (extremes[lane] < sums.minimum) sums.minimum = extremes[lane];
    if (extremes[4 + lane] > sums.maximum) sums.maximum = extremes[4 + lane];
  }
  add_rest(sums, partial, src + whole, count - whole);
  sums.sum = sum_of_four(partial);
  return sums;
}

inline double squared_deviations(const float* src, int32_t count, double mean) {
  const int32_t whole = count & -4;
  const v128_t means = wasm_f64x2_splat(mean);
  v128_t low = wasm_f64x2_splat(0);
  v128_t high = low;
  for (int32_t at = 0; at < whole; at += 4) {
    const v128_t floats = wasm_v128_load(src + at);
    const v128_t finite = finite_lanes(floats);
    const v128_t low_finite = wasm_i32x4_shuffle(finite, finite, 0, 0, 1, 1);
    const v128_t high_finite = wasm_i32x4_shuffle(finite, finite, 2, 2, 3, 3);
    const v128_t a = wasm_v128_and(wasm_f64x2_sub(low_doubles(floats), means), low_finite);
    const v128_t b = wasm_v128_and(wasm_f64x2_sub(high_doubles(floats), means), high_finite);
    low = wasm_f64x2_add(low, wasm_f64x2_mul(a, a));
    high = wasm_f64x2_add(high, wasm_f64x2_mul(b, b));
  }
  double partial[4];
  wasm_v128_store(partial, low);
  wasm_v128_store(partial + 2, high);
  add_rest_of_squares(partial, src + whole, count - whole, mean);
  return sum_of_four(partial);
}

#else

inline FloatSums float_sums(const float* src, int32_t count) {
  FloatSums sums;
  double partial[4] = {};
  add_rest(sums, partial, src, count);
  sums.sum = sum_of_four(partial);
  return sums;
}

inline double squared_deviations(const float* src, int32_t count, double mean) {
  double partial[4] = {};
  add_rest_of_squares(partial, src, count, mean);
  return sum_of_four(partial);
}

#endif

}  // namespace floodlight
