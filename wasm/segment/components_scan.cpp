// Finds the runs of a slab.
#include "components.h"
#include "components_bits.h"
#include "threshold.h"

namespace floodlight {
namespace {

// Of up to 64 voxels of a row; bits past the row's end mean nothing. `carry` is what those that
// follow need to know of the last one; a row's first have a carry of 0, and a start at bit 0 in any
// case.
struct Word {
  uint64_t foreground;
  uint64_t starts;
  uint64_t carry;
};

template <typename Voxel>
Word label_word(const Voxel* voxels, uint64_t carry) {
  const uint64_t continues = equal_bits(voxels, voxels + 1);
  return {
      .foreground = ~equal_bits(voxels, kBackgroundVoxels<Voxel>),
      .starts = ~(continues << 1 | carry),
      .carry = continues >> 63,
  };
}

template <typename Voxel>
Word range_word(const Voxel* voxels, int count, const ValueRange<Voxel>& range, uint64_t carry) {
  const uint64_t inside = range.is_empty ? 0 : bits_in_range(voxels, count, range);
  return {.foreground = inside, .starts = inside ^ (inside << 1 | carry), .carry = inside >> 63};
}

struct Runs {
  uint64_t* foreground;
  uint64_t* starts;
  uint32_t* before;
};

template <typename Voxel, typename WordOf>
int32_t scan(const void* slab, int size_x, int rows, Runs to, const WordOf& word_of) {
  const Voxel* row = static_cast<const Voxel*>(slab);
  uint32_t runs = 0;
  for (int y = 0; y < rows; y++, row += size_x) {
    uint64_t carry = 0;
    for (int x = 0; x < size_x; x += 64) {
      const int count = size_x - x < 64 ? size_x - x : 64;
      const uint64_t inside = ~uint64_t{0} >> (64 - count);
      const Word word = word_of(row + x, count, carry);
      const uint64_t starts = (word.starts | (x == 0)) & inside;
      carry = word.carry;
      *to.foreground++ = word.foreground & inside;
      *to.starts++ = starts;
      *to.before++ = runs;
      runs += static_cast<uint32_t>(__builtin_popcountll(starts));
    }
  }
  return static_cast<int32_t>(runs);
}

template <typename Voxel>
int32_t scan_labels(const void* slab, int size_x, int rows, Runs to) {
  const auto word_of = [](const Voxel* voxels, int, uint64_t carry) {
    return label_word(voxels, carry);
  };
  return scan<Voxel>(slab, size_x, rows, to, word_of);
}

template <typename Voxel>
int32_t scan_range(const void* slab, double low, double high, int size_x, int rows, Runs to) {
  const ValueRange<Voxel> range = range_of<Voxel>(low, high);
  const auto word_of = [range](const Voxel* voxels, int count, uint64_t carry) {
    return range_word(voxels, count, range, carry);
  };
  return scan<Voxel>(slab, size_x, rows, to, word_of);
}

}  // namespace

// The runs of equal labels in `rows` rows of `size_x` voxels of 1, 2, 4 or 8 bytes; 0 is
// background. 65 voxels behind the slab are read too, whatever they are. Returns how many runs
// start in the slab; kArgument for other voxels.
FLOODLIGHT_EXPORT(components_scan_labels)
int32_t components_scan_labels(const void* slab, int32_t voxel_bytes, int32_t size_x, int32_t rows,
                               uint64_t* foreground, uint64_t* starts, uint32_t* before) {
  const Runs to{foreground, starts, before};
  switch (voxel_bytes) {
    case 1: return scan_labels<uint8_t>(slab, size_x, rows, to);
    case 2: return scan_labels<uint16_t>(slab, size_x, rows, to);
    case 4: return scan_labels<uint32_t>(slab, size_x, rows, to);
    case 8: return scan_labels<uint64_t>(slab, size_x, rows, to);
    default: return kArgument;
  }
}

// The same for voxels of a type (a number as in threshold.h) whose value lies in [low, high], both
// ends included; all others are background. Reads only the slab.
FLOODLIGHT_EXPORT(components_scan_range)
int32_t components_scan_range(const void* slab, Dtype dtype, double low, double high,
                              int32_t size_x, int32_t rows, uint64_t* foreground, uint64_t* starts,
                              uint32_t* before) {
  const Runs to{foreground, starts, before};
  switch (dtype) {
    case Dtype::kUint8: return scan_range<uint8_t>(slab, low, high, size_x, rows, to);
    case Dtype::kUint16: return scan_range<uint16_t>(slab, low, high, size_x, rows, to);
    case Dtype::kInt16: return scan_range<int16_t>(slab, low, high, size_x, rows, to);
    case Dtype::kFloat32: return scan_range<float>(slab, low, high, size_x, rows, to);
    default: return kArgument;
  }
}

}  // namespace floodlight
