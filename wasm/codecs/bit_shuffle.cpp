// The idea of bit shuffles in two steps, bits to planes of bytes and these to elements, is
// bitshuffle's (K. Masui et al., Astronomy and Computing 12, 2015); 8 × 8 bits are transposed by
// swaps (Hacker's Delight, 7-3).
#include "bytes.h"
#include "lanes.h"
#include "shuffle.h"

namespace floodlight {
namespace {

// Elements that one step of vectors takes.
constexpr int32_t kStep = 128;
constexpr int32_t kMostElementBytes = 255;
// Bytes of planes between the two steps: more rows of bits in a row is worth more than the nearest
// cache. A step of the largest elements fits.
constexpr int32_t kPart = 65536;
static_assert(kPart >= kMostElementBytes * kStep);

// Elements of this size that `kPart` bytes hold, in whole steps.
int32_t elements_of_part(int32_t element_bytes) {
  return kPart / (element_bytes * kStep) * kStep;
}

uint64_t transpose_bits(uint64_t bits) {
  uint64_t swap = (bits ^ (bits >> 7)) & 0x00aa00aa00aa00aa;
  bits ^= swap ^ (swap << 7);
  swap = (bits ^ (bits >> 14)) & 0x0000cccc0000cccc;
  bits ^= swap ^ (swap << 14);
  swap = (bits ^ (bits >> 28)) & 0x00000000f0f0f0f0;
  return bits ^ swap ^ (swap << 28);
}

#ifdef __wasm_simd128__

// Swaps the high bits of each byte of `low` with the low bits of `high`, as the mask of these and
// their distance say.
template <int Distance>
inline __attribute__((always_inline)) void swap_bits(v128_t& low, v128_t& high, v128_t mask) {
  const v128_t swap =
      wasm_v128_and(wasm_v128_xor(wasm_u16x8_shr(low, Distance), high), mask);
  high = wasm_v128_xor(high, swap);
  low = wasm_v128_xor(low, wasm_i16x8_shl(swap, Distance));
}

// Bit i of byte j of vector b becomes bit b of byte j of vector i.
inline __attribute__((always_inline)) void transpose_bits(v128_t (&rows)[8]) {
  const v128_t fours = wasm_u8x16_const_splat(0x0f);
  const v128_t twos = wasm_u8x16_const_splat(0x33);
  const v128_t ones = wasm_u8x16_const_splat(0x55);
  for (int i = 0; i < 4; i++) swap_bits<4>(rows[i], rows[i + 4], fours);
  for (int i = 0; i < 2; i++) {
    swap_bits<2>(rows[i], rows[i + 2], twos);
    swap_bits<2>(rows[i + 4], rows[i + 6], twos);
  }
  for (int i = 0; i < 8; i += 2) swap_bits<1>(rows[i], rows[i + 1], ones);
}

void bits_to_bytes_step(const uint8_t* rows, int32_t row_bytes, uint8_t* bytes) {
  v128_t vectors[8];
  for (int b = 0; b < 8; b++) vectors[b] = wasm_v128_load(rows + b * row_bytes);
  v128_t any = vectors[0];
  for (int b = 1; b < 8; b++) any = wasm_v128_or(any, vectors[b]);
  // The high bytes of labels are mostly zero.
  if (wasm_v128_any_true(any)) {
    transpose_bits(vectors);
    interleave(vectors);
  }
  for (int b = 0; b < 8; b++) wasm_v128_store(bytes + 16 * b, vectors[b]);
}

#endif

// One byte of `count` elements, a multiple of 8, from its 8 rows of bits.
void bits_to_bytes(const uint8_t* rows, int32_t row_bytes, uint8_t* bytes, int32_t count) {
  int32_t i = 0;
#ifdef __wasm_simd128__
  for (; i + kStep <= count; i += kStep) bits_to_bytes_step(rows + i / 8, row_bytes, bytes + i);
#endif
  for (; i < count; i += 8) {
    uint64_t bits = 0;
    for (int b = 7; b >= 0; b--) bits = bits << 8 | rows[b * row_bytes + i / 8];
    store(bytes + i, transpose_bits(bits));
  }
}

void bytes_to_bits(const uint8_t* bytes, uint8_t* rows, int32_t row_bytes, int32_t count) {
  for (int32_t i = 0; i < count; i += 8) {
    uint64_t bits = transpose_bits(load<uint64_t>(bytes + i));
    for (int b = 0; b < 8; b++, bits >>= 8) {
      rows[b * row_bytes + i / 8] = static_cast<uint8_t>(bits);
    }
  }
}

}  // namespace

void unshuffle_bits(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes) {
  const int32_t count = bytes / element_bytes;
  const int32_t whole = count % 8 == 0 ? count * element_bytes : 0;
  __builtin_memcpy(dst + whole, src + whole, bytes - whole);
  if (whole == 0) return;

  const int32_t row_bytes = count / 8;
  if (element_bytes == 1) {
    bits_to_bytes(src, row_bytes, dst, count);
    return;
  }
  alignas(16) uint8_t planes[kPart];
  const int32_t part = elements_of_part(element_bytes);
  for (int32_t first = 0; first < count; first += part) {
    const int32_t size = count - first < part ? count - first : part;
    for (int32_t b = 0; b < element_bytes; b++) {
      bits_to_bytes(src + 8 * b * row_bytes + first / 8, row_bytes, planes + b * part, size);
    }
    planes_to_elements(planes, part, dst + first * element_bytes, size, element_bytes);
  }
}

void shuffle_bits(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes) {
  const int32_t count = bytes / element_bytes;
  const int32_t whole = count % 8 == 0 ? count * element_bytes : 0;
  __builtin_memcpy(dst + whole, src + whole, bytes - whole);

  const int32_t row_bytes = count / 8;
  alignas(16) uint8_t planes[kPart];
  const int32_t part = elements_of_part(element_bytes);
  for (int32_t first = 0; first < whole / element_bytes; first += part) {
    const int32_t size = count - first < part ? count - first : part;
    elements_to_planes(src + first * element_bytes, planes, part, size, element_bytes);
    for (int32_t b = 0; b < element_bytes; b++) {
      bytes_to_bits(planes + b * part, dst + 8 * b * row_bytes + first / 8, row_bytes, size);
    }
  }
}

}  // namespace floodlight
