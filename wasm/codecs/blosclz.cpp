#include "blosclz.h"

#include "match.h"

namespace floodlight {
namespace {

constexpr uint32_t kMatchBit = 5;         // codes from 1 << 5 on are matches, others literals
constexpr uint32_t kLowBits = (1 << kMatchBit) - 1;
constexpr uint32_t kLongLength = 6;       // more bytes of the length follow
constexpr uint32_t kFarDistance = 0x1fff;  // a distance of 16 bits follows, counted from here
constexpr uint32_t kShortestMatch = 3;

}  // namespace

int32_t blosclz_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity) {
  const uint8_t* at = src;
  const uint8_t* const end = src + src_bytes;
  Output output{dst, dst, dst + dst_capacity};
  if (at == end) return kTruncated;
  uint32_t code = *at++ & kLowBits;  // the first is always of literals
  for (;;) {
    if (code >> kMatchBit == 0) {
      const uint32_t literals = code + 1;
      if (literals > output.room()) return kTooLarge;
      const uint32_t readable = static_cast<uint32_t>(end - at);
      if (literals > readable) return kTruncated;
      append_literals(output, at, literals, readable);
      at += literals;
    } else {
      uint32_t length = (code >> kMatchBit) - 1;
      if (length == kLongLength) {
        uint8_t more;
        do {
          if (at == end) return kTruncated;
          more = *at++;
          length += more;
        } while (more == 255 && length <= output.room());
      }
      length += kShortestMatch;
      if (at == end) return kTruncated;
      uint32_t distance = ((code & kLowBits) << 8) + *at++;
      if (distance == kFarDistance) {
        if (end - at < 2) return kTruncated;
        distance += (static_cast<uint32_t>(at[0]) << 8) + at[1];
        at += 2;
      }
      if (length > output.room()) return kTooLarge;
      if (!append_match(output, distance + 1, length)) return kCorrupt;
    }
    if (at == end) return output.size();
    code = *at++;
  }
}

}  // namespace floodlight
