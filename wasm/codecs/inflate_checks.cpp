#include "inflate_checks.h"

#include <algorithm>
#include <array>
#include <cstring>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {
namespace {

using ByteTable = std::array<uint32_t, 256>;

constexpr uint32_t kCrcPolynomial = 0xedb88320;

// kByteTable[b]: the CRC that a byte b leaves.
constexpr ByteTable kByteTable = [] {
  ByteTable table{};
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int32_t bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? kCrcPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}();

// Words of 8 bytes are dealt to so many lanes, each with a CRC of its own, so that look-ups of one
// do not wait for another's.
constexpr int32_t kLanes = 4;
constexpr int32_t kGroupBytes = kLanes * 8;

// kWordTables[i][b]: what a byte b at place i of a word leaves once the lane's next word is
// reached.
constexpr std::array<ByteTable, 8> kWordTables = [] {
  std::array<ByteTable, 8> tables{};
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = kByteTable[byte];
    for (int32_t place = kGroupBytes - 1; place >= 0; place--) {
      if (place < 8) tables[size_t(place)][byte] = crc;
      crc = crc >> 8 ^ kByteTable[crc & 0xff];
    }
  }
  return tables;
}();

uint64_t load_word(const uint8_t* from) {
  uint64_t word;
  memcpy(&word, from, 8);
  return word;
}

uint32_t advance_lane(uint64_t word) {
  uint32_t crc = 0;
  for (size_t place = 0; place < 8; place++) crc ^= kWordTables[place][word >> (8 * place) & 0xff];
  return crc;
}

constexpr uint32_t kAdlerModulus = 65521;
// After so many bytes (a multiple of 16) the sums still fit into 32 bits: NMAX of zlib.
constexpr int32_t kAdlerBlock = 5552;

struct AdlerSums {
  uint32_t bytes;
  uint32_t sums;
};

void add_bytes(AdlerSums& adler, const uint8_t* data, int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) {
    adler.bytes += data[i];
    adler.sums += adler.bytes;
  }
}

#ifdef __wasm_simd128__
uint32_t sum_of_lanes(v128_t v) {
  return uint32_t(wasm_i32x4_extract_lane(v, 0)) + uint32_t(wasm_i32x4_extract_lane(v, 1)) +
         uint32_t(wasm_i32x4_extract_lane(v, 2)) + uint32_t(wasm_i32x4_extract_lane(v, 3));
}

// As add_bytes, for a multiple of 16 bytes: each counts in `sums` once for itself and each that
// follows.
void add_vectors(AdlerSums& adler, const uint8_t* data, int32_t bytes) {
  const v128_t low_weights = wasm_i16x8_const(16, 15, 14, 13, 12, 11, 10, 9);
  const v128_t high_weights = wasm_i16x8_const(8, 7, 6, 5, 4, 3, 2, 1);
  v128_t sum = wasm_i32x4_splat(0), sums_before = sum, weighted = sum;
  for (int32_t i = 0; i < bytes; i += 16) {
    const v128_t v = wasm_v128_load(data + i);
    const v128_t low = wasm_u16x8_extend_low_u8x16(v), high = wasm_u16x8_extend_high_u8x16(v);
    sums_before = wasm_i32x4_add(sums_before, sum);
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_add(low, high), wasm_i16x8_splat(1)));
    weighted = wasm_i32x4_add(weighted, wasm_i32x4_dot_i16x8(low, low_weights));
    weighted = wasm_i32x4_add(weighted, wasm_i32x4_dot_i16x8(high, high_weights));
  }
  adler.sums += adler.bytes * uint32_t(bytes);
  adler.sums += 16 * sum_of_lanes(sums_before) + sum_of_lanes(weighted);
  adler.bytes += sum_of_lanes(sum);
}
#else
void add_vectors(AdlerSums& adler, const uint8_t* data, int32_t bytes) {
  add_bytes(adler, data, bytes);
}
#endif

}  // namespace

uint32_t crc32(const uint8_t* data, int32_t bytes) {
  const uint8_t* const end = data + bytes;
  uint32_t crc = ~0u;
  if (bytes >= kGroupBytes) {
    uint32_t lanes[kLanes] = {crc};
    for (; end - data >= 2 * kGroupBytes; data += kGroupBytes) {
      for (int32_t lane = 0; lane < kLanes; lane++) {
        lanes[lane] = advance_lane(load_word(data + 8 * lane) ^ lanes[lane]);
      }
    }
    // The last group's words follow each other, so their CRCs add up.
    crc = 0;
    for (int32_t lane = 0; lane < kLanes; lane++, data += 8) {
      uint64_t word = load_word(data) ^ lanes[lane] ^ crc;
      for (int32_t place = 0; place < 8; place++) word = word >> 8 ^ kByteTable[word & 0xff];
      crc = uint32_t(word);
    }
  }
  for (; data < end; data++) crc = crc >> 8 ^ kByteTable[(crc ^ *data) & 0xff];
  return ~crc;
}

uint32_t adler32(const uint8_t* data, int32_t bytes) {
  AdlerSums adler{1, 0};
  for (int32_t i = 0; i < bytes; i += kAdlerBlock) {
    const int32_t block = std::min(bytes - i, kAdlerBlock), whole = block & ~15;
    add_vectors(adler, data + i, whole);
    add_bytes(adler, data + i + whole, block - whole);
    adler.bytes %= kAdlerModulus;
    adler.sums %= kAdlerModulus;
  }
  return adler.sums << 16 | adler.bytes;
}

}  // namespace floodlight
