// wasm/normalize on random volumes of odd sizes.
#include <array>

#include "../common/abi.h"
#include "block.h"
#include "fail.h"
#include "volumes.h"

extern "C" {
int32_t normalize(const void* src, int32_t src_kind, void* dst, int32_t dst_kind, int32_t count,
                  double scale, double offset);
int32_t statistics(const void* src, int32_t kind, int32_t count, double* result);
int32_t histogram(const void* src, int32_t kind, int32_t count, int32_t first, int32_t stride,
                  uint32_t* counts);
int32_t histogram_within(const float* src, int32_t count, int32_t first, int32_t stride,
                         uint32_t upper, uint32_t* counts);
int32_t gaussian_scratch(const int32_t* box, const int32_t* radii);
int32_t gaussian(const void* src, int32_t kind, void* dst, int32_t dst_kind, const int32_t* box,
                 const float* weights, const int32_t* radii, float* scratch,
                 int32_t scratch_bytes);
int32_t clahe_scratch(const int32_t* options);
int32_t clahe(const void* src, int32_t kind, void* dst, const int32_t* options, double limit,
              void* scratch, int32_t scratch_bytes);
}

namespace floodlight {
namespace {

// The kinds of wasm/normalize/voxels.h.
constexpr int32_t kUint8 = 0, kInt16 = 2, kFloat32 = 3, kFloat16 = 4;
constexpr int32_t kKindBytes[] = {1, 2, 2, 4, 2};

int32_t random_up_to(Random& random, int32_t most) {
  return int32_t(random.below(size_t(most) + 1));
}

Block random_voxels(Random& random, int32_t kind, int32_t count) {
  Bytes bytes(size_t(count * kKindBytes[kind]));
  random.fill(bytes);
  return Block(bytes);
}

template <typename T>
T* as(const Block& block) {
  return reinterpret_cast<T*>(block.data());
}

void run_points(Random& random) {
  const int32_t kind = random_up_to(random, kFloat32), count = random_up_to(random, 400);
  const Block src = random_voxels(random, kind, count);
  for (const int32_t dst_kind : {kFloat32, kFloat16, kUint8}) {
    const Block dst(count * kKindBytes[dst_kind]);
    expect(normalize(src.data(), kind, dst.data(), dst_kind, count, 0.3, -7) == count, "normalize");
  }
  std::array<double, 6> result;
  expect(statistics(src.data(), kind, count, result.data()) == count, "statistics");
  const int32_t first = random_up_to(random, 9), stride = 1 + random_up_to(random, 5);
  const Block counts(Bytes(4 << (kind == kUint8 ? 8 : 16)));
  expect(histogram(src.data(), kind, count, first, stride, as<uint32_t>(counts)) >= 0, "histogram");
  if (kind != kFloat32) return;
  const uint32_t upper = random.below(1 << 16);
  histogram_within(as<float>(src), count, first, stride, upper, as<uint32_t>(counts));
}

void run_gaussian(Random& random) {
  std::array<int32_t, 9> box;  // shape, first and shape of the result
  std::array<int32_t, 3> radii;
  int32_t voxels = 1, results = 1, weight_count = 3;
  for (size_t axis = 0; axis < 3; axis++) {
    box[axis] = 1 + random_up_to(random, 24);
    box[3 + axis] = random_up_to(random, box[axis] - 1);
    box[6 + axis] = 1 + random_up_to(random, box[axis] - box[3 + axis] - 1);
    radii[axis] = random_up_to(random, 40);
    voxels *= box[axis];
    results *= box[6 + axis];
    weight_count += radii[axis];
  }
  const Block weights(weight_count * 4), scratch(gaussian_scratch(box.data(), radii.data()));
  std::fill_n(as<float>(weights), weight_count, 0.02f);
  const int32_t kind = random_up_to(random, kInt16);
  const int32_t dst_kind = random.pick<int32_t>({kind, kFloat32});
  const Block src = random_voxels(random, kind, voxels), dst(results * kKindBytes[dst_kind]);
  const int32_t written =
      gaussian(src.data(), kind, dst.data(), dst_kind, box.data(), as<float>(weights),
               radii.data(), as<float>(scratch), scratch.bytes());
  expect(written == results, "gaussian");
}

void run_clahe(Random& random) {
  const int32_t kind = random_up_to(random, kInt16);
  const int32_t slices = 1 + random_up_to(random, 2);
  const int32_t rows = 1 + random_up_to(random, 50), columns = 1 + random_up_to(random, 50);
  const int32_t low = random_up_to(random, 100), high = low + 1 + random_up_to(random, 100);
  const std::array<int32_t, 7> options{slices, rows, columns, 1 + random_up_to(random, rows - 1),
                                       1 + random_up_to(random, columns - 1), low, high};
  const int32_t voxels = slices * rows * columns;
  const Block src = random_voxels(random, kind, voxels), dst(src.bytes());
  const Block scratch(clahe_scratch(options.data()));
  const double limit = 0.01 * (1 + random_up_to(random, 99));
  const int32_t written = clahe(src.data(), kind, dst.data(), options.data(), limit, scratch.data(),
                                scratch.bytes());
  expect(written == voxels, "clahe");
}

}  // namespace

void filter_volumes(Random& random, int32_t rounds) {
  for (int32_t round = 0; round < rounds; round++) {
    run_points(random);
    run_gaussian(random);
    run_clahe(random);
  }
}

}  // namespace floodlight
