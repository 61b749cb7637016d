#include "blosc_container.h"

#include "bytes.h"

namespace floodlight {
namespace {

constexpr int32_t kOldestFormat = 1;
constexpr int32_t kCompressorFormat = 1;  // of each that there is

BloscShuffle shuffle_of(const BloscContainer& container, uint8_t flags) {
  if ((flags & kBloscShuffledBytes) && container.element_size > 1) return BloscShuffle::kBytes;
  if (flags & kBloscShuffledBits) return BloscShuffle::kBits;
  return BloscShuffle::kNone;
}

int32_t check_kind(const uint8_t* src) {
  const uint8_t format = src[0];
  const uint8_t compressor_format = src[1];
  const uint8_t flags = src[2];
  const bool is_known = format >= kOldestFormat && format <= kBloscFormat &&
                        compressor_format == kCompressorFormat && !(flags & kBloscReserved);
  // Both shuffles at once mean the longer header of blosc 2.
  const bool is_later = (flags & kBloscShuffledBytes) && (flags & kBloscShuffledBits);
  return is_known && !is_later ? 0 : kUnsupported;
}

int32_t check_compressor(BloscCompressor compressor) {
  return compressor <= BloscCompressor::kZstd && compressor != BloscCompressor::kSnappy
             ? 0
             : kUnsupported;
}

}  // namespace

int32_t read_blosc_container(const uint8_t* src, int32_t src_bytes, int32_t dst_capacity,
                             BloscContainer& container) {
  if (src_bytes < 0 || dst_capacity < 0) return kArgument;
  if (src_bytes < kBloscHeaderBytes) return kTruncated;
  if (const int32_t status = check_kind(src)) return status;

  const uint8_t flags = src[2];
  const uint32_t decoded_size = load<uint32_t>(src + 4);
  const uint32_t block_size = load<uint32_t>(src + 8);
  const uint32_t encoded_size = load<uint32_t>(src + 12);
  if (encoded_size > static_cast<uint32_t>(src_bytes)) return kTruncated;
  if (encoded_size < static_cast<uint32_t>(src_bytes)) return kCorrupt;
  if (decoded_size > static_cast<uint32_t>(dst_capacity)) return kTooLarge;

  container.compressor = static_cast<BloscCompressor>(flags >> kBloscCompressorShift);
  container.is_stored = flags & kBloscStored;
  container.may_split = !(flags & kBloscUnsplit);
  container.element_size = src[3];
  container.decoded_size = static_cast<int32_t>(decoded_size);
  container.shuffle = shuffle_of(container, flags);
  container.block_size = 0;
  container.block_count = 0;
  if (container.is_stored) {
    return encoded_size == kBloscHeaderBytes + decoded_size ? 0 : kCorrupt;
  }
  if (const int32_t status = check_compressor(container.compressor)) return status;
  if (decoded_size == 0) return 0;

  if (container.element_size == 0 || block_size == 0 || block_size > decoded_size) return kCorrupt;
  container.block_size = static_cast<int32_t>(block_size);
  container.block_count = static_cast<int32_t>((decoded_size - 1) / block_size) + 1;
  const uint32_t most_blocks = (encoded_size - kBloscHeaderBytes) / kBloscFieldBytes;
  return static_cast<uint32_t>(container.block_count) <= most_blocks ? 0 : kCorrupt;
}

}  // namespace floodlight
