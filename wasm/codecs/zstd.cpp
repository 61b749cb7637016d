#include "zstd.h"

#include <zstd_errors.h>

#include "zstd_library.h"

namespace floodlight {
namespace {

constexpr int32_t kLowestLevel = 1;
constexpr int32_t kHighestLevel = 22;

bool is_level(int32_t level) { return level >= kLowestLevel && level <= kHighestLevel; }

int32_t count_or_status(int32_t result) {
  if (result >= 0) return result;
  switch (-result) {
    case ZSTD_error_srcSize_wrong:
      return kTruncated;
    case ZSTD_error_dstSize_tooSmall:
      return kTooLarge;
    case ZSTD_error_checksum_wrong:
      return kChecksum;
    case ZSTD_error_version_unsupported:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_frameParameter_windowTooLarge:
    case ZSTD_error_dictionary_wrong:
      return kUnsupported;
    case ZSTD_error_memory_allocation:
      return kArgument;
    default:
      return kCorrupt;
  }
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

int32_t zstd_decode_scratch() { return zstd_library_decode_scratch(); }

int32_t zstd_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes) {
  if (src_bytes < 0 || dst_capacity < 0 || scratch_bytes < 0) return kArgument;
  if (src_bytes == 0) return kTruncated;
  return count_or_status(
      zstd_library_decode(src, src_bytes, dst, dst_capacity, scratch, scratch_bytes));
}

int32_t zstd_encode_bound(int32_t src_bytes) { return zstd_library_encode_bound(src_bytes); }

int32_t zstd_encode_scratch(int32_t level, int32_t src_bytes) {
  if (!is_level(level) || src_bytes < 0) return kArgument;
  return count_or_status(zstd_library_encode_scratch(level, src_bytes));
}

int32_t zstd_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    int32_t level, int32_t has_checksum, uint8_t* scratch, int32_t scratch_bytes) {
  if (!is_level(level) || src_bytes < 0 || dst_capacity < 0 || scratch_bytes < 0) return kArgument;
  return count_or_status(zstd_library_encode(src, src_bytes, dst, dst_capacity, level,
                                             has_checksum, scratch, scratch_bytes));
}
