// Count, range, mean and spread of voxels, in a form that can be combined over bricks.
#include <type_traits>

#include "../common/abi.h"
#include "float_sums.h"
#include "integer_sums.h"
#include "voxels.h"

namespace floodlight {
namespace {

struct Statistics {
  double count;    // finite voxels
  double skipped;  // NaN and infinities
  double minimum;
  double maximum;
  double mean;
  double squares;  // the sum of squared deviations from the mean
};

template <class T>
Statistics statistics_of(const T* src, int32_t count) {
  // Signed integers are counted from the lowest on: that moves the mean and leaves the deviations
  // as they are.
  constexpr bool kSigned = T(-1) < T(0);
  using Unsigned = std::make_unsigned_t<T>;
  constexpr Unsigned kLowest = kSigned ? Unsigned(1 << (8 * sizeof(T) - 1)) : 0;
  const IntegerSums sums = integer_sums(reinterpret_cast<const Unsigned*>(src), count, kLowest);
  const __int128 sum = sums.sum;
  const int64_t moved = static_cast<int64_t>(sums.sum) - int64_t{kLowest} * count;
  const double squares = static_cast<double>(__int128{sums.squares} * count - sum * sum) / count;
  return {
      .count = static_cast<double>(count),
      .skipped = 0,
      .minimum = static_cast<double>(sums.minimum) - kLowest,
      .maximum = static_cast<double>(sums.maximum) - kLowest,
      .mean = static_cast<double>(moved) / count,
      .squares = squares,
  };
}

Statistics statistics_of(const float* src, int32_t count) {
  const FloatSums sums = float_sums(src, count);
  const double mean = sums.count > 0 ? sums.sum / sums.count : 0;
  return {
      .count = static_cast<double>(sums.count),
      .skipped = static_cast<double>(count - sums.count),
      .minimum = sums.minimum,
      .maximum = sums.maximum,
      .mean = mean,
      .squares = squared_deviations(src, count, mean),
  };
}

}  // namespace

// Six doubles about `count` voxels of an image's kind, aligned to their size: how many are finite,
// how many are not, and of the finite ones minimum, maximum, mean and the sum of squared deviations
// from it (Infinity, -Infinity, 0 and 0 of none). Sums of integers are exact. Returns `count` or
// kArgument.
FLOODLIGHT_EXPORT(statistics)
int32_t statistics(const void* src, int32_t kind, int32_t count, Statistics* result) {
  if (count < 0) return kArgument;
  if (count == 0) {
    *result = {0, 0, kInfinity, -kInfinity, 0, 0};
    return kind >= kUint8 && kind <= kFloat32 ? 0 : kArgument;
  }
  return with_image(kind, [=]<class T>(VoxelType<T>) {
    *result = statistics_of(static_cast<const T*>(src), count);
    return count;
  });
}

}  // namespace floodlight
