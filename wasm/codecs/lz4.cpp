#include "lz4.h"

#include "bytes.h"
#include "match.h"

namespace floodlight {
namespace {

constexpr uint32_t kShortestMatch = 4;
constexpr uint32_t kFieldEnd = 15;  // of a token's fields: more bytes of the length follow

// Adds the bytes that continue a length, up to one that is not 255. Returns false where the input
// ends, or the length passes `most`.
bool read_length(const uint8_t*& at, const uint8_t* end, uint32_t most, uint32_t& length) {
  uint8_t more;
  do {
    if (at == end) return false;
    more = *at++;
    length += more;
  } while (more == 255 && length <= most);
  return true;
}

}  // namespace

int32_t lz4_decode_block(const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                         int32_t dst_capacity) {
  const uint8_t* at = src;
  const uint8_t* const end = src + src_bytes;
  Output output{dst, dst, dst + dst_capacity};
  while (at < end) {
    const uint32_t token = *at++;

    uint32_t literals = token >> 4;
    if (literals == kFieldEnd && !read_length(at, end, output.room(), literals)) return kTruncated;
    const uint32_t readable = static_cast<uint32_t>(end - at);
    if (literals > output.room()) return kTooLarge;
    if (literals > readable) return kTruncated;
    append_literals(output, at, literals, readable);
    at += literals;
    if (at == end) return output.size();  // the last sequence has no match

    if (end - at < 2) return kTruncated;
    const uint32_t distance = load<uint16_t>(at);
    at += 2;
    uint32_t length = token & kFieldEnd;
    if (length == kFieldEnd && !read_length(at, end, output.room(), length)) return kTruncated;
    length += kShortestMatch;
    if (length > output.room()) return kTooLarge;
    if (!append_match(output, distance, length)) return kCorrupt;
  }
  return kTruncated;
}

}  // namespace floodlight

using namespace floodlight;

int32_t lz4_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity) {
  constexpr int32_t kHeaderBytes = 4;
  if (src_bytes < 0 || dst_capacity < 0) return kArgument;
  if (src_bytes < kHeaderBytes) return kTruncated;
  const uint32_t size = load<uint32_t>(src);
  if (size > static_cast<uint32_t>(dst_capacity)) return kTooLarge;
  const int32_t decoded = lz4_decode_block(src + kHeaderBytes, src_bytes - kHeaderBytes, dst,
                                           static_cast<int32_t>(size));
  // The size has been checked, so it is the block that contradicts it.
  if (decoded == kTooLarge) return kCorrupt;
  if (decoded >= 0 && static_cast<uint32_t>(decoded) != size) return kCorrupt;
  return decoded;
}
