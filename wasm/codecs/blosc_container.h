// The header of a blosc 1 container (format: README_CHUNK_FORMAT.rst of c-blosc 1) and how it
// splits data.
#pragma once

#include "../common/abi.h"

namespace floodlight {

enum class BloscCompressor : uint8_t { kBlosclz = 0, kLz4 = 1, kSnappy = 2, kZlib = 3, kZstd = 4 };
enum class BloscShuffle : uint8_t { kNone = 0, kBytes = 1, kBits = 2 };

constexpr int32_t kBloscHeaderBytes = 16;
constexpr int32_t kBloscFormat = 2;
constexpr int32_t kBloscMostElementBytes = 255;
// Of sizes that precede streams, and of offsets of blocks.
constexpr int32_t kBloscFieldBytes = 4;

enum BloscFlag : uint8_t {
  kBloscShuffledBytes = 0x01,
  kBloscStored = 0x02,
  kBloscShuffledBits = 0x04,
  kBloscReserved = 0x08,
  kBloscUnsplit = 0x10,
};
constexpr int kBloscCompressorShift = 5;

// Bytes unless named otherwise.
struct BloscContainer {
  BloscCompressor compressor;
  BloscShuffle shuffle;
  bool is_stored;
  bool may_split;
  int32_t element_size;
  int32_t decoded_size;
  int32_t block_size;
  int32_t block_count;

  int32_t size_of_block(int32_t block) const {
    const int32_t rest = decoded_size - block * block_size;
    return rest < block_size ? rest : block_size;
  }

  // Blocks of many small elements are split into a stream for each of their bytes.
  int32_t streams_of_block(int32_t block) const {
    constexpr int32_t kMostStreams = 16;
    constexpr int32_t kLeastElements = 128;
    const bool splits = may_split && element_size <= kMostStreams &&
                        block_size / element_size >= kLeastElements &&
                        size_of_block(block) == block_size;
    return splits ? element_size : 1;
  }
};

// Reads and checks the header of a container that fills src and decodes to at most `dst_capacity`
// bytes. Returns 0 or a Status.
int32_t read_blosc_container(const uint8_t* src, int32_t src_bytes, int32_t dst_capacity,
                             BloscContainer& container);

}  // namespace floodlight
