// Integers · scale + offset in floats, twice as fast as in doubles, and nearly as exact: the
// integers are taken relative to the one that comes closest to 0, so that nothing cancels.
#pragma once

#include <cstdint>
#include <cstring>

#include "voxels.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {

// d = voxel - centre; the result is d · coarse + (d · fine + rest). Of d there are 17 bits, of
// `coarse` 7: their product is exact.
struct Centred {
  float centre;
  float coarse;
  float fine;
  float rest;
};

// False where floats would not do: offsets beyond the values of 16 bits, scales near the ends of
// the floats.
inline bool make_centred(double scale, double offset, Centred& centred) {
  const double magnitude = __builtin_fabs(scale);
  if (!(magnitude > 0x1p-60 && magnitude < 0x1p60)) return false;
  const double centre = __builtin_rint(-offset / scale);
  if (!(__builtin_fabs(centre) <= 0x1p16)) return false;
  float coarse = static_cast<float>(scale);
  uint32_t bits;
  memcpy(&bits, &coarse, sizeof bits);
  bits &= 0xfffe0000;
  memcpy(&coarse, &bits, sizeof bits);
  centred = {.centre = static_cast<float>(centre),
             .coarse = coarse,
             .fine = static_cast<float>(scale - coarse),
             .rest = static_cast<float>(centre * scale + offset)};
  return true;
}

#ifdef __wasm_simd128__

// The voxels as unsigned words, signed ones raised by 2^15.
inline v128_t load_words(const uint8_t* src) { return wasm_u16x8_load8x8(src); }
inline v128_t load_words(const uint16_t* src) { return wasm_v128_load(src); }
inline v128_t load_words(const int16_t* src) {
  return wasm_v128_xor(wasm_v128_load(src), wasm_i16x8_splat(INT16_MIN));
}

template <class T>
void store_eight_centred(const T* src, const Centred& centred, float* dst) {
  constexpr float kRaised = T(-1) < T(0) ? 0x1p15f : 0;
  // A word below this one makes the float 2^23 + word.
  const v128_t upper = wasm_i16x8_splat(0x4b00);
  const v128_t words = load_words(src);
  const v128_t low = wasm_i16x8_shuffle(words, upper, 0, 8, 1, 9, 2, 10, 3, 11);
  const v128_t high = wasm_i16x8_shuffle(words, upper, 4, 12, 5, 13, 6, 14, 7, 15);
  const auto result = [&centred](v128_t floats) {
    const v128_t centre = wasm_f32x4_splat(0x1p23f + kRaised + centred.centre);
    const v128_t distance = wasm_f32x4_sub(floats, centre);
    const v128_t coarse = wasm_f32x4_mul(distance, wasm_f32x4_splat(centred.coarse));
    const v128_t fine = wasm_f32x4_mul(distance, wasm_f32x4_splat(centred.fine));
    return wasm_f32x4_add(coarse, wasm_f32x4_add(fine, wasm_f32x4_splat(centred.rest)));
  };
  wasm_v128_store(dst, result(low));
  wasm_v128_store(dst + 4, result(high));
}

#else

template <class T>
void store_eight_centred(const T* src, const Centred& centred, float* dst) {
  for (int32_t at = 0; at < 8; at++) {
    const float distance = static_cast<float>(src[at]) - centred.centre;
    dst[at] = distance * centred.coarse + (distance * centred.fine + centred.rest);
  }
}

#endif

}  // namespace floodlight
