// Counts of voxel values, from which percentiles follow exactly.
#include <cstring>

#include "../common/abi.h"
#include "float_sums.h"
#include "voxels.h"

namespace floodlight {
namespace {

// Which voxels of a brick are counted.
struct Samples {
  int32_t first;
  int32_t stride;
  int32_t end;
};

// Equal neighbours wait for each other's count: bytes take turns between four tables.
int32_t count_values(const uint8_t* src, const Samples& samples, uint32_t* counts) {
  constexpr int32_t kTables = 4;
  uint32_t tables[kTables][256] = {};
  int32_t counted = 0;
  for (int64_t at = samples.first; at < samples.end; at += samples.stride) {
    tables[counted++ % kTables][src[at]]++;
  }
  for (int32_t value = 0; value < 256; value++) {
    for (const auto& table : tables) counts[value] += table[value];
  }
  return counted;
}

template <class T>
int32_t count_words(const T* src, const Samples& samples, uint32_t* counts) {
  constexpr int32_t kLowest = T(-1) < T(0) ? INT16_MIN : 0;
  int32_t counted = 0;
  for (int64_t at = samples.first; at < samples.end; at += samples.stride) {
    counts[src[at] - kLowest]++;
    counted++;
  }
  return counted;
}

int32_t count_values(const uint16_t* src, const Samples& samples, uint32_t* counts) {
  return count_words(src, samples, counts);
}

int32_t count_values(const int16_t* src, const Samples& samples, uint32_t* counts) {
  return count_words(src, samples, counts);
}

// The bits of a float, changed so that they are ordered as the numbers are.
uint32_t order_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ (static_cast<uint32_t>(static_cast<int32_t>(bits) >> 31) | 0x80000000);
}

int32_t count_values(const float* src, const Samples& samples, uint32_t* counts) {
  int32_t counted = 0;
  for (int64_t at = samples.first; at < samples.end; at += samples.stride) {
    if (!is_finite(src[at])) continue;
    counts[order_of(src[at]) >> 16]++;
    counted++;
  }
  return counted;
}

}  // namespace

// Adds 1 to counts[value - lowest value of the kind] for the voxels first, first + stride, … below
// `count`: 256 counts for kUint8, 65,536 for the others. kFloat32 is counted by the upper 16 bits
// of its order (sign and magnitude made monotonic), where finite. Returns how many were counted, or
// kArgument.
FLOODLIGHT_EXPORT(histogram)
int32_t histogram(const void* src, int32_t kind, int32_t count, int32_t first, int32_t stride,
                  uint32_t* counts) {
  if (count < 0 || first < 0 || stride < 1) return kArgument;
  return with_image(kind, [=]<class T>(VoxelType<T>) {
    return count_values(static_cast<const T*>(src), {first, stride, count}, counts);
  });
}

// The second level, for kFloat32: of the voxels whose upper bits are `upper`, counts the lower 16
// bits of their order. Returns how many were counted, or kArgument.
FLOODLIGHT_EXPORT(histogram_within)
int32_t histogram_within(const float* src, int32_t count, int32_t first, int32_t stride,
                         uint32_t upper, uint32_t* counts) {
  if (count < 0 || first < 0 || stride < 1) return kArgument;
  int32_t counted = 0;
  for (int64_t at = first; at < count; at += stride) {
    const uint32_t order = order_of(src[at]);
    if (order >> 16 != upper || !is_finite(src[at])) continue;
    counts[order & 0xffff]++;
    counted++;
  }
  return counted;
}

}  // namespace floodlight
