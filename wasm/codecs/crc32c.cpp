// Zarr's crc32c codec: the Castagnoli CRC (RFC 3720, B.4) behind the bytes, little-endian. Eight
// bytes at a time by as many tables (M. Kounavis and F. Berry, "A systematic approach to building
// high performance, software-based, CRC generators", 2005).
#include "../common/abi.h"
#include "bytes.h"

namespace floodlight {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78;  // reflected
constexpr int kSlices = 8;
constexpr int32_t kChecksumBytes = 4;

// of[k][b]: what byte b contributes when k more bytes follow it.
struct Tables {
  uint32_t of[kSlices][256];
};

constexpr Tables make_tables() {
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? kPolynomial : 0);
    tables.of[0][byte] = crc;
  }
  for (int slice = 1; slice < kSlices; slice++) {
    for (int byte = 0; byte < 256; byte++) {
      const uint32_t before = tables.of[slice - 1][byte];
      tables.of[slice][byte] = (before >> 8) ^ tables.of[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

// What the bytes of a word contribute when `following` more bytes follow them.
uint32_t of_word(uint32_t word, int following) {
  return kTables.of[following + 3][word & 0xff] ^ kTables.of[following + 2][word >> 8 & 0xff] ^
         kTables.of[following + 1][word >> 16 & 0xff] ^ kTables.of[following][word >> 24];
}

uint32_t crc32c(const uint8_t* at, int32_t bytes) {
  const uint8_t* const end = at + bytes;
  uint32_t crc = ~0u;
  for (; end - at >= kSlices; at += kSlices) {
    crc = of_word(load<uint32_t>(at) ^ crc, 4) ^ of_word(load<uint32_t>(at + 4), 0);
  }
  for (; at < end; at++) crc = (crc >> 8) ^ kTables.of[0][(crc ^ *at) & 0xff];
  return ~crc;
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// Returns how many bytes lie before the checksum that ends src, or kTruncated or kChecksum.
FLOODLIGHT_EXPORT(crc32c_verify)
int32_t crc32c_verify(const uint8_t* src, int32_t src_bytes) {
  if (src_bytes < kChecksumBytes) return kTruncated;
  const int32_t bytes = src_bytes - kChecksumBytes;
  return load<uint32_t>(src + bytes) == crc32c(src, bytes) ? bytes : kChecksum;
}

// Writes the checksum behind the bytes, where there must be room for 4 more; returns bytes + 4, or
// kArgument.
FLOODLIGHT_EXPORT(crc32c_append)
int32_t crc32c_append(uint8_t* data, int32_t data_bytes) {
  if (data_bytes < 0) return kArgument;
  store(data + data_bytes, crc32c(data, data_bytes));
  return data_bytes + kChecksumBytes;
}
