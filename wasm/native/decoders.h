// The decoders by name, each called with memory of exactly the bytes it is told of.
#pragma once

#include <string>

#include "block.h"
#include "codecs.h"
#include "fail.h"

namespace floodlight {

using FramedDecoder = int32_t (*)(const uint8_t*, int32_t, uint8_t*, int32_t, uint8_t*, int32_t);

// A result and, for one that is not negative, the decoded bytes.
struct Decoded {
  int32_t result;
  Bytes bytes;
};

inline Decoded decode_with(FramedDecoder decoder, const Block& src, int32_t capacity,
                           int32_t scratch_bytes) {
  const Block dst(capacity), scratch(scratch_bytes);
  const int32_t result = decoder(src.data(), src.bytes(), dst.data(), capacity, scratch.data(),
                                 scratch_bytes);
  return {result, dst.first(std::clamp(result, 0, capacity))};
}

// Decodes bytes of a codec; stops the program at a codec it does not know.
inline Decoded decode(const std::string& codec, const Bytes& encoded, int32_t capacity) {
  const Block src(encoded);
  if (codec == "gzip") return decode_with(gzip_decode, src, capacity, inflate_scratch());
  if (codec == "zlib") return decode_with(zlib_decode, src, capacity, inflate_scratch());
  if (codec == "zstd") return decode_with(zstd_decode, src, capacity, zstd_decode_scratch());
  if (codec == "blosc") {
    const int32_t scratch = blosc_scratch(src.data(), src.bytes(), capacity);
    if (scratch < 0) return {scratch, {}};
    return decode_with(blosc_decode, src, capacity, scratch);
  }
  if (codec == "lz4") {
    const Block dst(capacity);
    const int32_t result = lz4_decode(src.data(), src.bytes(), dst.data(), capacity);
    return {result, dst.first(std::clamp(result, 0, capacity))};
  }
  if (codec == "crc32c") {
    const int32_t result = crc32c_verify(src.data(), src.bytes());
    return {result, src.first(std::max(result, 0))};
  }
  fail("There is no codec " + codec);
}

}  // namespace floodlight
