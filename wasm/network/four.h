// Four floats: a vector of SIMD, or where there is none four numbers that are calculated alike.
#pragma once

#include <cstdint>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

constexpr int32_t kFour = 4;

#ifdef __wasm_simd128__

struct Four {
  v128_t lanes;
};

inline Four load(const float* from) { return {wasm_v128_load(from)}; }
inline Four load_splat(const float* from) { return {wasm_v128_load32_splat(from)}; }
inline void store(float* to, Four a) { wasm_v128_store(to, a.lanes); }
inline Four splat(float a) { return {wasm_f32x4_splat(a)}; }
inline Four operator+(Four a, Four b) { return {wasm_f32x4_add(a.lanes, b.lanes)}; }
inline Four operator-(Four a, Four b) { return {wasm_f32x4_sub(a.lanes, b.lanes)}; }
inline Four operator*(Four a, Four b) { return {wasm_f32x4_mul(a.lanes, b.lanes)}; }
// As maxps of x86 has it: never more than one instruction, where NaN may be either.
inline Four larger(Four a, Four b) { return {wasm_f32x4_pmax(a.lanes, b.lanes)}; }
inline float lane_sum(Four a) {
  return (wasm_f32x4_extract_lane(a.lanes, 0) + wasm_f32x4_extract_lane(a.lanes, 1)) +
         (wasm_f32x4_extract_lane(a.lanes, 2) + wasm_f32x4_extract_lane(a.lanes, 3));
}

#else

struct Four {
  float lanes[kFour];
};

template <typename Each>
inline Four four_of(Each each) {
  return {{each(0), each(1), each(2), each(3)}};
}

inline Four load(const float* from) {
  return four_of([=](int i) { return from[i]; });
}
inline Four splat(float a) {
  return four_of([=](int) { return a; });
}
inline Four load_splat(const float* from) { return splat(*from); }
inline void store(float* to, Four a) {
  for (int i = 0; i < kFour; i++) to[i] = a.lanes[i];
}
inline Four operator+(Four a, Four b) {
  return four_of([&](int i) { return a.lanes[i] + b.lanes[i]; });
}
inline Four operator-(Four a, Four b) {
  return four_of([&](int i) { return a.lanes[i] - b.lanes[i]; });
}
inline Four operator*(Four a, Four b) {
  return four_of([&](int i) { return a.lanes[i] * b.lanes[i]; });
}
inline Four larger(Four a, Four b) {
  return four_of([&](int i) { return a.lanes[i] < b.lanes[i] ? b.lanes[i] : a.lanes[i]; });
}
inline float lane_sum(Four a) {
  return (a.lanes[0] + a.lanes[1]) + (a.lanes[2] + a.lanes[3]);
}

#endif

// a · b + c.
inline Four multiply_add(Four a, Four b, Four c) {
#ifdef FLOODLIGHT_RELAXED_SIMD
  // f32x4.relaxed_madd, by its bytes: LLVM 14 knows it under the number of an earlier draft.
  Four result;
  __asm__(
      "local.get %1\n"
      "local.get %2\n"
      "local.get %3\n"
      ".byte 0xfd, 0x85, 0x02\n"
      "local.set %0"
      : "=r"(result.lanes)
      : "r"(a.lanes), "r"(b.lanes), "r"(c.lanes));
  return result;
#else
  return a * b + c;
#endif
}

// Four times a number, kept as it is: a browser would make a literal anew at each use.
inline Four constant(float a) {
  Four four = splat(a);
#ifdef __wasm_simd128__
  __asm__ volatile("" : "+r"(four.lanes));
#endif
  return four;
}

// sum += a · b, in the order in which it is written: compilers that collect the sums of several
// steps first run out of registers.
inline void accumulate(Four& sum, Four a, Four b) {
  sum = multiply_add(a, b, sum);
#ifdef __wasm_simd128__
  __asm__ volatile("" : "+r"(sum.lanes));
#endif
}

}  // namespace floodlight
