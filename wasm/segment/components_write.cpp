// Writes the ids of components to voxels.
#include "components.h"
#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {
namespace {

// Writes `id` to ids[first] up to, not including, ids[end].
inline void fill(uint32_t* ids, int first, int end, uint32_t id) {
  for (int x = first; x < end; x++) ids[x] = id;
}

// The same, and perhaps to three more.
inline void fill_by_fours(uint32_t* ids, int first, int end, uint32_t id) {
#ifdef __wasm_simd128__
  const v128_t four = wasm_i32x4_splat(static_cast<int32_t>(id));
  for (int x = first; x < end; x += 4) wasm_v128_store(ids + x, four);
#else
  fill(ids, first, end, id);
#endif
}

// Fills the runs of a row from the first to the last, with the ids from `run_ids` on. Returns those
// of the next row.
template <typename Fill>
const uint32_t* write_row(const uint64_t* starts, const uint32_t* run_ids, int size_x,
                          uint32_t* ids, const Fill& fill_run) {
  int first = 0;
  uint32_t id = 0;
  for (int x = 0; x < size_x; x += 64) {
    for (uint64_t bits = *starts++; bits != 0; bits &= bits - 1) {
      const int start = x + __builtin_ctzll(bits);
      fill_run(ids, first, start, id);
      first = start;
      id = *run_ids++;
    }
  }
  fill_run(ids, first, size_x, id);
  return run_ids;
}

}  // namespace

// Writes the ids of `rows` rows of `size_x` voxels. `run_ids` are those of the rows' runs, as
// components_number left them. Returns how many runs these are.
FLOODLIGHT_EXPORT(components_write)
int32_t components_write(const uint64_t* starts, const uint32_t* run_ids, int32_t size_x,
                         int32_t rows, uint32_t* ids) {
  const uint32_t* next = run_ids;
  for (int row = 0; row < rows; row++) {
    // What is written past a row's end is written again with the rows that follow, if there are
    // enough.
    const bool has_room = static_cast<int64_t>(rows - row - 1) * size_x >= 3;
    next = has_room ? write_row(starts, next, size_x, ids, fill_by_fours)
                    : write_row(starts, next, size_x, ids, fill);
    starts += words_of(size_x);
    ids += size_x;
  }
  return static_cast<int32_t>(next - run_ids);
}

}  // namespace floodlight
