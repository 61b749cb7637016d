// Gaussian smoothing: a symmetric filter along z, then y, then x.
#include <cstring>

#include "../common/abi.h"
#include "voxels.h"

namespace floodlight {
namespace {

// Where there are no vectors the compiler takes the four one by one, with the same results.
typedef float Floats __attribute__((vector_size(16)));
typedef int32_t Integers __attribute__((vector_size(16)));
constexpr int32_t kFloats = 4;
constexpr int32_t kMostRadius = 512;
constexpr float kTwoTo23 = 0x1p23f;

struct Box {
  int32_t shape[3];   // of the source, halo included: z, y, x
  int32_t first[3];   // the first voxel of the result, in the source
  int32_t result[3];  // the result's shape
};

// Weights of the distances 0 to `radius` along one axis.
struct Axis {
  const float* weights;
  int32_t radius;
};

struct Axes {
  Axis z;
  Axis y;
  Axis x;
};

// Where a position outside of 0 to size - 1 is mirrored to: d c b a | a b c d | d c b a.
int32_t mirrored(int32_t at, int32_t size) {
  int32_t rest = at % (2 * size);
  if (rest < 0) rest += 2 * size;
  return rest < size ? rest : 2 * size - 1 - rest;
}

Floats load_floats(const float* src) {
  Floats floats;
  memcpy(&floats, src, sizeof floats);
  return floats;
}

// An integer put into the lowest bits of 2^23, as a float, adds itself. (clang 14 converts unsigned
// integers lane by lane.)
template <class T>
Floats load_floats(const T* src) {
  constexpr bool kSigned = T(-1) < T(0);
  typedef T Voxels __attribute__((vector_size(kFloats * sizeof(T))));
  Voxels voxels;
  memcpy(&voxels, src, sizeof voxels);
  Integers integers = __builtin_convertvector(voxels, Integers);
  if constexpr (kSigned) integers -= INT16_MIN;
  integers |= 0x4b000000;
  Floats floats;
  memcpy(&floats, &integers, sizeof floats);
  return floats - (kTwoTo23 - (kSigned ? INT16_MIN : 0));
}

// dst[i] = Σ weights[|k|] · rows[radius + k][i] from `begin` on, in steps of some vectors; returns
// where it ends.
template <int32_t kVectors, class T>
int32_t sum_rows(const T* const* rows, const Axis& axis, float* dst, int32_t begin, int32_t end) {
  const auto [weights, radius] = axis;
  constexpr int32_t kStep = kVectors * kFloats;
  for (; begin + kStep <= end; begin += kStep) {
    Floats sums[kVectors];
    for (int32_t v = 0; v < kVectors; v++) {
      sums[v] = load_floats(rows[radius] + begin + v * kFloats) * weights[0];
    }
    for (int32_t k = 1; k <= radius; k++) {
      const T* below = rows[radius - k] + begin;
      const T* above = rows[radius + k] + begin;
      for (int32_t v = 0; v < kVectors; v++) {
        const Floats both = load_floats(below + v * kFloats) + load_floats(above + v * kFloats);
        sums[v] += both * weights[k];
      }
    }
    memcpy(dst + begin, sums, sizeof sums);
  }
  return begin;
}

template <class T>
[[gnu::noinline]] void sum_rows(const T* const* rows, const Axis& axis, float* dst, int32_t count) {
  int32_t done = sum_rows<4>(rows, axis, dst, 0, count);
  done = sum_rows<1>(rows, axis, dst, done, count);
  const auto [weights, radius] = axis;
  for (; done < count; done++) {
    float sum = static_cast<float>(rows[radius][done]) * weights[0];
    for (int32_t k = 1; k <= radius; k++) {
      const float below = rows[radius - k][done];
      sum += (below + static_cast<float>(rows[radius + k][done])) * weights[k];
    }
    dst[done] = sum;
  }
}

// What writes a row of the result; returns where the next begins.
using StoreRow = void* (*)(const float* row, int32_t count, void* dst);

void* store_floats(const float* row, int32_t count, void* dst) {
  memcpy(dst, row, sizeof(float) * count);
  return static_cast<float*>(dst) + count;
}

// Rounded to nearest even, clamped.
template <class T>
void* store_integers(const float* row, int32_t count, void* dst) {
  T* voxels = static_cast<T*>(dst);
  constexpr bool kSigned = T(-1) < T(0);
  constexpr float kLowest = kSigned ? INT16_MIN : 0;
  constexpr float kHighest = kSigned ? INT16_MAX : static_cast<T>(-1);
  for (int32_t at = 0; at < count; at++) {
    const float raised = row[at] > kLowest ? row[at] : kLowest;
    voxels[at] = static_cast<T>(__builtin_rintf(raised < kHighest ? raised : kHighest));
  }
  return voxels + count;
}

StoreRow store_of(int32_t kind) {
  switch (kind) {
    case kUint8:
      return store_integers<uint8_t>;
    case kUint16:
      return store_integers<uint16_t>;
    case kInt16:
      return store_integers<int16_t>;
    case kFloat32:
      return store_floats;
    default:
      return nullptr;
  }
}

// `size` rows of `stride` voxels each.
template <class T>
struct Rows {
  const T* first;
  int32_t size;
  int32_t stride;

  // Those around `middle`, as sum_rows takes them.
  void around(int32_t middle, int32_t radius, const T** rows) const {
    for (int32_t k = -radius; k <= radius; k++) {
      rows[radius + k] = first + int64_t{mirrored(middle + k, size)} * stride;
    }
  }
};

int64_t padded_columns(const Box& box, const Axis& x) { return box.shape[2] + 2 * x.radius; }

int64_t scratch_floats(const Box& box, const Axis& x) {
  return int64_t{box.shape[1]} * box.shape[2] + padded_columns(box, x) + box.result[2];
}

template <class T>
void smooth(const T* src, const Box& box, const Axes& axes, float* scratch, void* dst,
            StoreRow store) {
  const auto [z, y, x] = axes;
  const auto [depth, rows, columns] = box.shape;
  const int32_t plane_voxels = rows * columns;
  float* plane = scratch;
  float* padded = plane + plane_voxels;
  float* row = padded + padded_columns(box, x);
  const Rows<T> source = {src, depth, plane_voxels};
  const Rows<float> smoothed = {plane, rows, columns};
  const T* planes[2 * kMostRadius + 1];
  const float* lines[2 * kMostRadius + 1];

  for (int32_t at_z = 0; at_z < box.result[0]; at_z++) {
    source.around(box.first[0] + at_z, z.radius, planes);
    sum_rows(planes, z, plane, plane_voxels);
    for (int32_t at_y = 0; at_y < box.result[1]; at_y++) {
      smoothed.around(box.first[1] + at_y, y.radius, lines);
      float* line = padded + x.radius;
      sum_rows(lines, y, line, columns);
      for (int32_t k = 1; k <= x.radius; k++) {
        line[-k] = line[mirrored(-k, columns)];
        line[columns - 1 + k] = line[mirrored(columns - 1 + k, columns)];
      }
      // Along x the rows are one row, shifted.
      for (int32_t k = 0; k <= 2 * x.radius; k++) lines[k] = padded + box.first[2] + k;
      sum_rows(lines, x, row, box.result[2]);
      dst = store(row, box.result[2], dst);
    }
  }
}

bool is_valid(const Box& box, const int32_t* radii) {
  int64_t voxels = 1;
  for (int32_t axis = 0; axis < 3; axis++) {
    const int32_t size = box.shape[axis];
    const int32_t first = box.first[axis];
    if (size < 1 || first < 0 || first >= size) return false;
    if (box.result[axis] < 1 || box.result[axis] > size - first) return false;
    if (radii[axis] < 0 || radii[axis] > kMostRadius) return false;
    voxels *= size;
    if (voxels > INT32_MAX) return false;
  }
  return true;
}

}  // namespace

// Bytes of scratch that `gaussian` takes, kArgument for a box or radii that it does not, or
// kTooLarge.
FLOODLIGHT_EXPORT(gaussian_scratch)
int32_t gaussian_scratch(const Box* box, const int32_t* radii) {
  if (!is_valid(*box, radii)) return kArgument;
  const int64_t bytes = scratch_floats(*box, {nullptr, radii[2]}) * int64_t{sizeof(float)};
  return bytes > INT32_MAX ? int32_t{kTooLarge} : static_cast<int32_t>(bytes);
}

// Filters a box of voxels (C order z, y, x) along each axis with symmetric weights: for z, y and x
// those of the distances 0 to radii[axis] (at most 512), one after the other. Beyond the source's
// ends it is mirrored, the last voxel included. Calculates in floats; the result is kFloat32, or of
// the source's integer kind, rounded to nearest even and clamped. Returns the result's voxels,
// kTooLarge when the scratch does not suffice, or kArgument.
FLOODLIGHT_EXPORT(gaussian)
int32_t gaussian(const void* src, int32_t kind, void* dst, int32_t dst_kind, const Box* box,
                 const float* weights, const int32_t* radii, float* scratch,
                 int32_t scratch_bytes) {
  const int32_t needed = gaussian_scratch(box, radii);
  if (needed < 0) return needed;
  if (needed > scratch_bytes) return kTooLarge;
  const float* weights_y = weights + radii[0] + 1;
  const float* weights_x = weights_y + radii[1] + 1;
  const Axes axes = {{weights, radii[0]}, {weights_y, radii[1]}, {weights_x, radii[2]}};
  const StoreRow store = store_of(dst_kind);
  if (!store || (dst_kind != kFloat32 && dst_kind != kind)) return kArgument;
  return with_image(kind, [&]<class T>(VoxelType<T>) {
    smooth(static_cast<const T*>(src), *box, axes, scratch, dst, store);
    return box->result[0] * box->result[1] * box->result[2];
  });
}

}  // namespace floodlight
