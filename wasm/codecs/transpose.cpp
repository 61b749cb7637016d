// Zarr's codec `transpose`: brings the axes of an array into another order.
#include "../common/abi.h"
#include "bytes.h"
#include "lanes.h"

namespace floodlight {
namespace {

constexpr int32_t kMostAxes = 8;
// Bytes along both sides of a tile: a cache line.
constexpr int32_t kLine = 64;

// An axis of the result. Strides are in bytes.
struct Axis {
  int32_t size;
  int32_t src_stride;
  int32_t dst_stride;
};

struct Layout {
  Axis axes[kMostAxes];
  int32_t rank = 0;
  int32_t bytes = 0;
};

// Lays out the result without axes of size 1, and as one axis what stays together. Returns false
// when the arguments make no array of less than 2 GiB.
bool lay_out(int32_t element_bytes, int32_t rank, const int32_t* shape, const int32_t* axes,
             Layout& layout) {
  int32_t src_strides[kMostAxes];
  int64_t bytes = element_bytes;
  for (int32_t axis = rank - 1; axis >= 0; axis--) {
    src_strides[axis] = static_cast<int32_t>(bytes);
    if (shape[axis] < 0) return false;
    bytes *= shape[axis];
    if (bytes > INT32_MAX) return false;
  }
  layout.bytes = static_cast<int32_t>(bytes);

  uint32_t seen = 0;
  for (int32_t i = 0; i < rank; i++) {
    if (axes[i] < 0 || axes[i] >= rank || seen >> axes[i] & 1) return false;
    seen |= 1u << axes[i];
    const Axis next{shape[axes[i]], src_strides[axes[i]], 0};
    if (next.size == 1) continue;
    Axis* const last = layout.rank > 0 ? &layout.axes[layout.rank - 1] : nullptr;
    if (last && last->src_stride == next.src_stride * next.size) {
      last->size *= next.size;
      last->src_stride = next.src_stride;
    } else {
      layout.axes[layout.rank++] = next;
    }
  }

  int32_t stride = element_bytes;
  for (int32_t i = layout.rank - 1; i >= 0; i--) {
    layout.axes[i].dst_stride = stride;
    stride *= layout.axes[i].size;
  }
  return true;
}

// Takes an axis out of the layout.
Axis take(Layout& layout, int32_t axis) {
  const Axis taken = layout.axes[axis];
  layout.rank--;
  for (int32_t i = axis; i < layout.rank; i++) layout.axes[i] = layout.axes[i + 1];
  return taken;
}

// Calls `visit(src, dst)` for each place along the axes of a layout.
template <typename Visit>
void for_each_place(const Layout& layout, int32_t axis, const uint8_t* src, uint8_t* dst,
                    const Visit& visit) {
  if (axis == layout.rank) {
    visit(src, dst);
    return;
  }
  const Axis& own = layout.axes[axis];
  for (int32_t i = 0; i < own.size; i++) {
    for_each_place(layout, axis + 1, src + i * own.src_stride, dst + i * own.dst_stride, visit);
  }
}

// A plane: its rows are contiguous in the source, its columns in the result.
struct Plane {
  int32_t rows;
  int32_t columns;
  int32_t src_stride;  // from row to row
  int32_t dst_stride;  // from column to column
};

// What is transposed at a time: read by whole cache lines and written by whole cache lines, because
// strides that are powers of two leave the caches room for a few lines only.
template <typename Element>
struct Tile {
  static constexpr int32_t kSide = kLine / sizeof(Element);
  alignas(kLine) Element elements[kSide][kSide];
};

// Copies a line, or the beginning of one.
template <typename Element>
void copy_line(uint8_t* to, const uint8_t* from, int32_t count) {
  if (count == Tile<Element>::kSide) {
    __builtin_memcpy(to, from, kLine);
  } else {
    for (int32_t i = 0; i < count; i++) {
      store(to + i * sizeof(Element), load<Element>(from + i * sizeof(Element)));
    }
  }
}

// Transposes so many rows and columns, or some more.
template <typename Element>
void transpose_tile(const Tile<Element>& src, int32_t rows, int32_t columns, Tile<Element>& dst) {
  for (int32_t column = 0; column < columns; column++) {
    for (int32_t row = 0; row < rows; row++) {
      dst.elements[column][row] = src.elements[row][column];
    }
  }
}

#ifdef __wasm_simd128__
template <>
void transpose_tile<uint8_t>(const Tile<uint8_t>& src, int32_t rows, int32_t columns,
                             Tile<uint8_t>& dst) {
  for (int32_t row = 0; row < rows; row += 16) {
    for (int32_t column = 0; column < columns; column += 16) {
      v128_t vectors[16];
      for (int i = 0; i < 16; i++) vectors[i] = wasm_v128_load(&src.elements[row + i][column]);
      interleave(vectors);
      for (int i = 0; i < 16; i++) wasm_v128_store(&dst.elements[column + i][row], vectors[i]);
    }
  }
}
#endif

template <typename Element>
void transpose_plane(const Plane& plane, const uint8_t* src, uint8_t* dst) {
  constexpr int32_t kSide = Tile<Element>::kSide;
  constexpr int32_t kBytes = sizeof(Element);
  Tile<Element> before{};
  Tile<Element> after;
  for (int32_t row = 0; row < plane.rows; row += kSide) {
    const int32_t rows = plane.rows - row < kSide ? plane.rows - row : kSide;
    for (int32_t column = 0; column < plane.columns; column += kSide) {
      const int32_t columns = plane.columns - column < kSide ? plane.columns - column : kSide;
      const uint8_t* const from = src + row * plane.src_stride + column * kBytes;
      uint8_t* const to = dst + column * plane.dst_stride + row * kBytes;
      for (int32_t i = 0; i < rows; i++) {
        copy_line<Element>(reinterpret_cast<uint8_t*>(before.elements[i]),
                           from + i * plane.src_stride, columns);
      }
      transpose_tile(before, rows, columns, after);
      for (int32_t i = 0; i < columns; i++) {
        copy_line<Element>(to + i * plane.dst_stride,
                           reinterpret_cast<const uint8_t*>(after.elements[i]), rows);
      }
    }
  }
}

template <typename Element>
void transpose_planes(Layout layout, const uint8_t* src, uint8_t* dst) {
  const Axis row = take(layout, layout.rank - 1);
  int32_t contiguous = 0;
  while (layout.axes[contiguous].src_stride != sizeof(Element)) contiguous++;
  const Axis column = take(layout, contiguous);
  const Plane plane{row.size, column.size, row.src_stride, column.dst_stride};
  for_each_place(layout, 0, src, dst, [&](const uint8_t* from, uint8_t* to) {
    transpose_plane<Element>(plane, from, to);
  });
}

void copy_runs(Layout layout, const uint8_t* src, uint8_t* dst, int32_t element_bytes) {
  const int32_t run = layout.rank > 0 ? take(layout, layout.rank - 1).size * element_bytes
                                      : element_bytes;
  if (run % kLine == 0) {
    // By lines, whose size is known here: no calls, four loads and stores each.
    for_each_place(layout, 0, src, dst, [=](const uint8_t* from, uint8_t* to) {
      for (int32_t i = 0; i < run; i += kLine) __builtin_memcpy(to + i, from + i, kLine);
    });
    return;
  }
  for_each_place(layout, 0, src, dst, [=](const uint8_t* from, uint8_t* to) {
    __builtin_memcpy(to, from, run);
  });
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// Writes src, a C-ordered array of elements of 1, 2, 4 or 8 bytes, to dst, which does not overlap
// it, as a C-ordered array of other axes: axis i of the result is axis `axes[i]` of src. Up to 8
// axes. Returns bytes or kArgument.
FLOODLIGHT_EXPORT(transpose)
int32_t transpose(const uint8_t* src, uint8_t* dst, int32_t element_bytes, int32_t rank,
                  const int32_t* shape, const int32_t* axes) {
  const bool is_element =
      element_bytes == 1 || element_bytes == 2 || element_bytes == 4 || element_bytes == 8;
  Layout layout;
  if (!is_element || rank < 0 || rank > kMostAxes ||
      !lay_out(element_bytes, rank, shape, axes, layout)) {
    return kArgument;
  }
  if (layout.bytes == 0) return 0;
  if (layout.rank == 0 || layout.axes[layout.rank - 1].src_stride == element_bytes) {
    copy_runs(layout, src, dst, element_bytes);
  } else if (element_bytes == 1) {
    transpose_planes<uint8_t>(layout, src, dst);
  } else if (element_bytes == 2) {
    transpose_planes<uint16_t>(layout, src, dst);
  } else if (element_bytes == 4) {
    transpose_planes<uint32_t>(layout, src, dst);
  } else {
    transpose_planes<uint64_t>(layout, src, dst);
  }
  return layout.bytes;
}
