// Linear normalization: decoded voxels to the numbers that an algorithm works on.
#include <type_traits>

#include "../common/abi.h"
#include "centred.h"
#include "eight.h"
#include "voxels.h"

namespace floodlight {
namespace {

struct Linear {
  double scale;
  double offset;
};

// Calls `eight(from, to)` for eight voxels at a time; the last ones are padded.
template <class Source, class Target, class Eight>
void by_eights(const Source* src, Target* dst, int32_t count, Eight eight) {
  const int32_t whole = count & -kEight;
  for (int32_t at = 0; at < whole; at += kEight) eight(src + at, dst + at);
  if (whole == count) return;
  Source from[kEight] = {};
  Target to[kEight];
  memcpy(from, src + whole, sizeof(Source) * (count - whole));
  eight(from, to);
  memcpy(dst + whole, to, sizeof(Target) * (count - whole));
}

template <class Source, class Target>
int32_t normalize_all(const Source* src, Target* dst, int32_t count, const Linear& linear) {
  if constexpr (std::is_integral_v<Source> && std::is_same_v<Target, float>) {
    Centred centred;
    if (make_centred(linear.scale, linear.offset, centred)) {
      by_eights(src, dst, count, [centred](const Source* from, Target* to) {
        store_eight_centred(from, centred, to);
      });
      return count;
    }
  }
  by_eights(src, dst, count, [linear](const Source* from, Target* to) {
    store_eight(scaled(load_eight(from), linear.scale, linear.offset), to);
  });
  return count;
}

}  // namespace

// dst[i] = src[i] · scale + offset for `count` voxels, aligned to their own size, that do not
// overlap. From kUint8, kUint16, kInt16 or kFloat32 to kFloat32, kFloat16 or kUint8. As calculated
// in doubles, then rounded to a float (and from that to a half), or to the nearest even byte,
// clamped, 0 for NaN; but from integers to floats within 2 units in the last place of that. Returns
// `count` or kArgument.
FLOODLIGHT_EXPORT(normalize)
int32_t normalize(const void* src, int32_t src_kind, void* dst, int32_t dst_kind, int32_t count,
                  double scale, double offset) {
  if (count < 0) return kArgument;
  const Linear linear = {scale, offset};
  return with_image(src_kind, [=]<class Source>(VoxelType<Source>) -> int32_t {
    const Source* from = static_cast<const Source*>(src);
    switch (dst_kind) {
      case kFloat32:
        return normalize_all(from, static_cast<float*>(dst), count, linear);
      case kFloat16:
        return normalize_all(from, static_cast<Half*>(dst), count, linear);
      case kUint8:
        return normalize_all(from, static_cast<uint8_t*>(dst), count, linear);
      default:
        return kArgument;
    }
  });
}

}  // namespace floodlight
