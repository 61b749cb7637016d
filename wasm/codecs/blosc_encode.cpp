#include "blosc_container.h"
#include "bytes.h"
#include "shuffle.h"
#include "zstd.h"

namespace floodlight {
namespace {

// Fits into a second-level cache along with its shuffled copy.
constexpr int32_t kBlockSize = 1 << 18;
// c-blosc stores what is smaller.
constexpr int32_t kLeastToEncode = 128;
constexpr int32_t kHighestLevel = 9;

// zstd's level for one of blosc's 1 to 9, as c-blosc has it.
int32_t zstd_level(int32_t level) { return level < kHighestLevel ? 2 * level - 1 : 22; }

// Of whole groups of 8 elements, as bit shuffles need, but no more than there are bytes.
int32_t block_size_for(int32_t src_bytes, int32_t element_bytes) {
  const int32_t size = kBlockSize - kBlockSize % (8 * element_bytes);
  return src_bytes < size ? src_bytes : size;
}

int32_t aligned(int32_t bytes) { return (bytes + 15) & ~15; }

void write_header(uint8_t* dst, const BloscContainer& container, int32_t encoded_size) {
  const uint8_t shuffled = container.shuffle == BloscShuffle::kBytes  ? kBloscShuffledBytes
                           : container.shuffle == BloscShuffle::kBits ? kBloscShuffledBits
                                                                      : 0;
  const uint8_t compressor = static_cast<uint8_t>(container.compressor) << kBloscCompressorShift;
  dst[0] = kBloscFormat;
  dst[1] = 1;  // zstd's own
  dst[2] = compressor | shuffled | kBloscUnsplit | (container.is_stored ? kBloscStored : 0);
  dst[3] = static_cast<uint8_t>(container.element_size);
  store(dst + 4, container.decoded_size);
  store(dst + 8, container.block_size);
  store(dst + 12, encoded_size);
}

const uint8_t* shuffle(const BloscContainer& container, const uint8_t* src, uint8_t* dst,
                       int32_t bytes) {
  if (container.shuffle == BloscShuffle::kNone) return src;
  if (container.shuffle == BloscShuffle::kBytes) {
    shuffle_bytes(src, dst, bytes, container.element_size);
  } else {
    shuffle_bits(src, dst, bytes, container.element_size);
  }
  return dst;
}

// Writes the blocks behind the header; returns the container's size, or kTooLarge when it passes
// `most`.
int32_t encode_blocks(const BloscContainer& container, const uint8_t* src, uint8_t* dst,
                      int32_t most, int32_t level, uint8_t* scratch, int32_t scratch_bytes) {
  uint8_t* const own = scratch + aligned(container.block_size);
  const int32_t own_bytes = scratch_bytes - aligned(container.block_size);
  int32_t at = kBloscHeaderBytes + container.block_count * kBloscFieldBytes;
  for (int32_t block = 0; block < container.block_count; block++) {
    if (most - at < kBloscFieldBytes) return kTooLarge;
    store(dst + kBloscHeaderBytes + block * kBloscFieldBytes, at);
    uint8_t* const size_field = dst + at;
    at += kBloscFieldBytes;

    const int32_t size = container.size_of_block(block);
    const uint8_t* const bytes =
        shuffle(container, src + block * container.block_size, scratch, size);
    // A stream as long as its block would be taken for a stored one.
    const int32_t room = most - at < size - 1 ? most - at : size - 1;
    int32_t encoded = zstd_encode(bytes, size, dst + at, room, level, 0, own, own_bytes);
    if (encoded == kTooLarge) {
      if (most - at < size) return kTooLarge;
      __builtin_memcpy(dst + at, bytes, size);
      encoded = size;
    }
    if (encoded < 0) return encoded;
    store(size_field, encoded);
    at += encoded;
  }
  return at;
}

bool is_valid(int32_t src_bytes, int32_t element_bytes, int32_t level) {
  return src_bytes >= 0 && element_bytes >= 1 && element_bytes <= kBloscMostElementBytes &&
         level >= 1 && level <= kHighestLevel;
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// The most bytes that `blosc_encode` gives for this many.
FLOODLIGHT_EXPORT(blosc_encode_bound)
int32_t blosc_encode_bound(int32_t src_bytes) { return src_bytes + kBloscHeaderBytes; }

// Bytes of scratch, 16-byte aligned, that `blosc_encode` takes; kArgument as there.
FLOODLIGHT_EXPORT(blosc_encode_scratch)
int32_t blosc_encode_scratch(int32_t src_bytes, int32_t element_bytes, int32_t level) {
  if (!is_valid(src_bytes, element_bytes, level)) return kArgument;
  const int32_t block_size = block_size_for(src_bytes, element_bytes);
  const int32_t own = zstd_encode_scratch(zstd_level(level), block_size);
  return own < 0 ? own : aligned(block_size) + own;
}

// Encodes src as a blosc 1 container with zstd inside; shuffle is a BloscShuffle, level 1 to 9 as
// of c-blosc. Returns encoded bytes; kTooLarge when dst_capacity is less than `blosc_encode_bound`;
// kArgument.
FLOODLIGHT_EXPORT(blosc_encode)
int32_t blosc_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     int32_t element_bytes, int32_t shuffle, int32_t level, uint8_t* scratch,
                     int32_t scratch_bytes) {
  if (!is_valid(src_bytes, element_bytes, level) || shuffle < 0 || shuffle > 2) return kArgument;
  if (dst_capacity < blosc_encode_bound(src_bytes)) return kTooLarge;
  if (scratch_bytes < blosc_encode_scratch(src_bytes, element_bytes, level)) return kArgument;

  BloscContainer container{};
  container.compressor = BloscCompressor::kZstd;
  container.shuffle = static_cast<BloscShuffle>(shuffle);
  container.element_size = element_bytes;
  container.decoded_size = src_bytes;
  container.block_size = block_size_for(src_bytes, element_bytes);
  if (src_bytes >= kLeastToEncode) {
    container.block_count = (src_bytes - 1) / container.block_size + 1;
    const int32_t stored_size = kBloscHeaderBytes + src_bytes;
    const int32_t size = encode_blocks(container, src, dst, stored_size - 1, zstd_level(level),
                                       scratch, scratch_bytes);
    if (size != kTooLarge) {
      if (size > 0) write_header(dst, container, size);
      return size;
    }
  }
  container.is_stored = true;
  write_header(dst, container, kBloscHeaderBytes + src_bytes);
  __builtin_memcpy(dst + kBloscHeaderBytes, src, src_bytes);
  return kBloscHeaderBytes + src_bytes;
}
