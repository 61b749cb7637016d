// Copies of Lempel-Ziv matches, 16 bytes at a time, that may run past their end; C, for zstd too.
#pragma once

#include <stdint.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>

typedef v128_t Sixteen;

static inline Sixteen load_sixteen(const uint8_t* from) { return wasm_v128_load(from); }

static inline void store_sixteen(uint8_t* to, Sixteen bytes) { wasm_v128_store(to, bytes); }

// By period: the first 16 of 0, 1, …, period − 1, 0, 1, …
static const uint8_t kPeriods[16][16] = {
    {0},
    {0},
    {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
    {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0},
    {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3},
    {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0},
    {0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3},
    {0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1},
    {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0},
};

// The 16 bytes that continue a period of 1 to 15 bytes that ends at `to`; reads 16 bytes from its
// beginning.
static inline Sixteen periodic(const uint8_t* to, uint32_t period) {
  return wasm_i8x16_swizzle(wasm_v128_load(to - period), wasm_v128_load(kPeriods[period]));
}

#else

typedef struct {
  uint64_t halves[2];
} Sixteen;

static inline Sixteen load_sixteen(const uint8_t* from) {
  Sixteen bytes;
  __builtin_memcpy(&bytes, from, 16);
  return bytes;
}

static inline void store_sixteen(uint8_t* to, Sixteen bytes) { __builtin_memcpy(to, &bytes, 16); }

static inline Sixteen periodic(const uint8_t* to, uint32_t period) {
  uint8_t bytes[16];
  for (uint32_t i = 0; i < 16; i++) bytes[i] = i < period ? *(to - period + i) : bytes[i - period];
  return load_sixteen(bytes);
}

#endif

// The most whole periods of 1 to 15 bytes that 16 bytes hold, in bytes.
static const uint8_t kWholePeriods[16] = {0,  16, 16, 15, 16, 15, 12, 14,
                                          16, 9,  10, 11, 12, 13, 14, 15};

// Continues the period of 1 to 15 bytes that ends at `to` until `end`, and at most 15 bytes
// further. Writes at least 16 bytes, reads 16 from the period's beginning.
static inline __attribute__((always_inline)) void copy_period(uint8_t* to, const uint8_t* end,
                                                              uint32_t period) {
  Sixteen const bytes = periodic(to, period);
  uint32_t const step = kWholePeriods[period];
  do {
    store_sixteen(to, bytes);
    to += step;
  } while (to < end);
}

// Copies from a place at least 16 bytes before `to`, or apart from it, until `end`, and at most 31
// bytes further. Writes at least 16 bytes.
static inline __attribute__((always_inline)) void copy_sixteens(uint8_t* to, const uint8_t* end,
                                                                const uint8_t* from) {
  store_sixteen(to, load_sixteen(from));
  if (end - to <= 16) return;
  to += 16;
  from += 16;
  do {
    // One after the other: the second may read what the first wrote.
    store_sixteen(to, load_sixteen(from));
    store_sixteen(to + 16, load_sixteen(from + 16));
    to += 32;
    from += 32;
  } while (to < end);
}

// How far the functions above may write past the end.
enum { kOverrun = 31 };
