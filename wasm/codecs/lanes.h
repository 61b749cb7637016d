// Interleaving the lanes of vectors: what byte shuffles are made of.
#pragma once

#ifdef __wasm_simd128__
#include <wasm_simd128.h>

namespace floodlight {

// Of `Planes` vectors, a power of two, the bytes 0 of all, then the bytes 1, and so on.
template <int Planes>
inline __attribute__((always_inline)) void interleave(v128_t (&planes)[Planes]) {
  v128_t before[Planes];
#pragma clang loop unroll(full)
  for (int distance = 1; distance < Planes; distance *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < Planes; i++) before[i] = planes[i];
#pragma clang loop unroll(full)
    for (int i = 0; i < Planes / 2; i++) {
      const v128_t a = before[i];
      const v128_t b = before[i + Planes / 2];
      planes[2 * i] = wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,
                                         23);
      planes[2 * i + 1] = wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                             14, 30, 15, 31);
    }
  }
}

// Undoes `interleave`.
template <int Planes>
inline __attribute__((always_inline)) void separate(v128_t (&planes)[Planes]) {
  v128_t before[Planes];
#pragma clang loop unroll(full)
  for (int distance = 1; distance < Planes; distance *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < Planes; i++) before[i] = planes[i];
#pragma clang loop unroll(full)
    for (int i = 0; i < Planes / 2; i++) {
      const v128_t a = before[2 * i];
      const v128_t b = before[2 * i + 1];
      planes[i] = wasm_i8x16_shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                     30);
      planes[i + Planes / 2] = wasm_i8x16_shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23,
                                                  25, 27, 29, 31);
    }
  }
}

}  // namespace floodlight
#endif
