#include "blosc_container.h"
#include "blosclz.h"
#include "bytes.h"
#include "inflate.h"
#include "lz4.h"
#include "shuffle.h"
#include "zstd.h"

namespace floodlight {
namespace {

struct Scratch {
  uint8_t* bytes;
  int32_t size;
};

int32_t compressor_scratch(BloscCompressor compressor) {
  constexpr int32_t kAlignment = 16;
  const int32_t size = compressor == BloscCompressor::kZstd   ? zstd_decode_scratch()
                       : compressor == BloscCompressor::kZlib ? kInflateScratch
                                                              : 0;
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

int32_t decompress(BloscCompressor compressor, const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                   int32_t dst_bytes, const Scratch& scratch) {
  switch (compressor) {
    case BloscCompressor::kBlosclz:
      return blosclz_decode(src, src_bytes, dst, dst_bytes);
    case BloscCompressor::kLz4:
      return lz4_decode_block(src, src_bytes, dst, dst_bytes);
    case BloscCompressor::kZlib:
      return inflate_zlib(src, src_bytes, dst, dst_bytes, scratch.bytes, scratch.size);
    case BloscCompressor::kZstd:
      return zstd_decode(src, src_bytes, dst, dst_bytes, scratch.bytes, scratch.size);
    default:
      return kUnsupported;
  }
}

// Decodes the stream at `at` (its size, then its bytes) to exactly `dst_bytes`; returns the bytes
// taken or a Status.
int32_t decode_stream(BloscCompressor compressor, const uint8_t* at, const uint8_t* end,
                      uint8_t* dst, int32_t dst_bytes, const Scratch& scratch) {
  if (end - at < kBloscFieldBytes) return kCorrupt;
  const uint32_t size = load<uint32_t>(at);
  at += kBloscFieldBytes;
  if (size > static_cast<uint32_t>(end - at)) return kCorrupt;
  const int32_t src_bytes = static_cast<int32_t>(size);
  if (src_bytes == dst_bytes) {
    __builtin_memcpy(dst, at, size);
  } else {
    const int32_t decoded = decompress(compressor, at, src_bytes, dst, dst_bytes, scratch);
    // The container is whole and its sizes were checked, so it is the stream that contradicts it.
    if (decoded == kTruncated || decoded == kTooLarge) return kCorrupt;
    if (decoded < 0) return decoded;
    if (decoded != dst_bytes) return kCorrupt;
  }
  return kBloscFieldBytes + src_bytes;
}

// Decodes the streams of a block, which lie one behind the other, to `dst`; returns 0 or a Status.
int32_t decode_streams(const BloscContainer& container, int32_t block, const uint8_t* at,
                       const uint8_t* end, uint8_t* dst, const Scratch& scratch) {
  const int32_t streams = container.streams_of_block(block);
  const int32_t size = container.size_of_block(block);
  if (size % streams != 0) return kCorrupt;
  const int32_t stream_size = size / streams;
  for (int32_t stream = 0; stream < streams; stream++) {
    uint8_t* const to = dst + stream * stream_size;
    const int32_t taken = decode_stream(container.compressor, at, end, to, stream_size, scratch);
    if (taken < 0) return taken;
    at += taken;
  }
  return 0;
}

void unshuffle(const BloscContainer& container, const uint8_t* src, uint8_t* dst, int32_t bytes) {
  if (container.shuffle == BloscShuffle::kBytes) {
    unshuffle_bytes(src, dst, bytes, container.element_size);
  } else {
    unshuffle_bits(src, dst, bytes, container.element_size);
  }
}

int32_t scratch_of(const BloscContainer& container) {
  if (container.block_count == 0) return 0;
  const int32_t shuffled = container.shuffle == BloscShuffle::kNone ? 0 : container.block_size;
  return compressor_scratch(container.compressor) + shuffled;
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// Bytes of scratch, 16-byte aligned, that decoding a blosc 1 container takes that fills src and
// decodes to at most `dst_capacity` bytes, or a Status.
FLOODLIGHT_EXPORT(blosc_scratch)
int32_t blosc_scratch(const uint8_t* src, int32_t src_bytes, int32_t dst_capacity) {
  BloscContainer container;
  const int32_t status = read_blosc_container(src, src_bytes, dst_capacity, container);
  return status < 0 ? status : scratch_of(container);
}

// Decodes a blosc 1 container that fills src; returns decoded bytes or a Status. kUnsupported for
// snappy and what only blosc 2 writes.
FLOODLIGHT_EXPORT(blosc_decode)
int32_t blosc_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     uint8_t* scratch, int32_t scratch_bytes) {
  BloscContainer container;
  const int32_t status = read_blosc_container(src, src_bytes, dst_capacity, container);
  if (status < 0) return status;
  if (scratch_bytes < scratch_of(container)) return kArgument;
  if (container.is_stored) {
    __builtin_memcpy(dst, src + kBloscHeaderBytes, container.decoded_size);
    return container.decoded_size;
  }

  const int32_t own = compressor_scratch(container.compressor);
  const Scratch compressor{scratch, own};
  uint8_t* const shuffled = scratch + own;
  const bool is_shuffled = container.shuffle != BloscShuffle::kNone;
  const int32_t first = kBloscHeaderBytes + container.block_count * kBloscFieldBytes;
  for (int32_t block = 0; block < container.block_count; block++) {
    const uint32_t start = load<uint32_t>(src + kBloscHeaderBytes + block * kBloscFieldBytes);
    if (start < static_cast<uint32_t>(first) || start > static_cast<uint32_t>(src_bytes)) {
      return kCorrupt;
    }
    uint8_t* const to = dst + block * container.block_size;
    const int32_t failed = decode_streams(container, block, src + start, src + src_bytes,
                                          is_shuffled ? shuffled : to, compressor);
    if (failed < 0) return failed;
    if (is_shuffled) unshuffle(container, shuffled, to, container.size_of_block(block));
  }
  return container.decoded_size;
}
