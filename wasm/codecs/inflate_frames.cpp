// The frames around deflate streams: zlib's (RFC 1950) and gzip's (RFC 1952).
#include <algorithm>

#include "inflate.h"
#include "inflate_checks.h"

namespace floodlight {
namespace {

constexpr int32_t kZlibHeader = 2, kZlibTrailer = 4;
constexpr int32_t kGzipHeader = 10, kGzipTrailer = 8;
constexpr int32_t kMethodDeflate = 8;

// Flags of a gzip header, in the order in which the fields they announce follow it.
enum GzipFlag { kExtra = 4, kName = 8, kComment = 16, kHeaderCrc = 2, kReserved = 0xe0 };

uint32_t little_endian_u16(const uint8_t* at) { return uint32_t(at[0] | at[1] << 8); }

uint32_t little_endian_u32(const uint8_t* at) {
  return little_endian_u16(at) | little_endian_u16(at + 2) << 16;
}

uint32_t big_endian_u32(const uint8_t* at) {
  return uint32_t(at[0]) << 24 | uint32_t(at[1]) << 16 | uint32_t(at[2]) << 8 | at[3];
}

// Bytes of the gzip header that `src` starts with, checked.
int32_t gzip_header(const uint8_t* src, int32_t src_bytes) {
  static constexpr uint8_t kMagic[3] = {0x1f, 0x8b, kMethodDeflate};
  if (!std::equal(kMagic, kMagic + std::min(src_bytes, 3), src)) return kCorrupt;
  if (src_bytes < kGzipHeader) return kTruncated;
  const uint8_t flags = src[3];
  if (flags & kReserved) return kCorrupt;
  int32_t at = kGzipHeader;
  if (flags & kExtra) {
    if (src_bytes - at < 2) return kTruncated;
    at += 2 + int32_t(little_endian_u16(src + at));
  }
  for (const GzipFlag text : {kName, kComment}) {
    if (!(flags & text)) continue;
    while (at < src_bytes && src[at] != 0) at++;
    at++;
  }
  if (flags & kHeaderCrc) {
    if (src_bytes - at < 2) return kTruncated;
    if (little_endian_u16(src + at) != (crc32(src, at) & 0xffff)) return kChecksum;
    at += 2;
  }
  return at <= src_bytes ? at : int32_t{kTruncated};
}

}  // namespace

int32_t inflate_zlib(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     uint8_t* scratch, int32_t scratch_bytes) {
  if (src_bytes < 0) return kArgument;
  if (src_bytes < kZlibHeader) return kTruncated;
  const int32_t method = src[0] & 15, window = src[0] >> 4, dictionary = src[1] & 32;
  if (method != kMethodDeflate || window > 7 || (src[0] << 8 | src[1]) % 31 != 0) return kCorrupt;
  if (dictionary) return kUnsupported;
  int32_t used = 0;
  const int32_t bytes = inflate_raw(src + kZlibHeader, src_bytes - kZlibHeader, dst, dst_capacity,
                                    scratch, scratch_bytes, &used);
  if (bytes < 0) return bytes;
  const int32_t trailer = src_bytes - kZlibHeader - used;
  if (trailer != kZlibTrailer) return trailer < kZlibTrailer ? kTruncated : kCorrupt;
  if (big_endian_u32(src + src_bytes - kZlibTrailer) != adler32(dst, bytes)) return kChecksum;
  return bytes;
}

int32_t inflate_gzip(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     uint8_t* scratch, int32_t scratch_bytes) {
  if (src_bytes < 0) return kArgument;
  int32_t total = 0;
  do {
    const int32_t header = gzip_header(src, src_bytes);
    if (header < 0) return header;
    src += header;
    src_bytes -= header;
    int32_t used = 0;
    uint8_t* const member = dst + total;
    const int32_t bytes =
        inflate_raw(src, src_bytes, member, dst_capacity - total, scratch, scratch_bytes, &used);
    if (bytes < 0) return bytes;
    if (src_bytes - used < kGzipTrailer) return kTruncated;
    src += used;
    if (little_endian_u32(src) != crc32(member, bytes)) return kChecksum;
    if (little_endian_u32(src + 4) != uint32_t(bytes)) return kChecksum;
    src += kGzipTrailer;
    src_bytes -= used + kGzipTrailer;
    total += bytes;
  } while (src_bytes > 0);
  return total;
}

}  // namespace floodlight

int32_t inflate_scratch() { return floodlight::kInflateScratch; }

int32_t zlib_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes) {
  return floodlight::inflate_zlib(src, src_bytes, dst, dst_capacity, scratch, scratch_bytes);
}

int32_t gzip_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes) {
  return floodlight::inflate_gzip(src, src_bytes, dst, dst_capacity, scratch, scratch_bytes);
}
