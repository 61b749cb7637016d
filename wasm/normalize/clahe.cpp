// Contrast-limited adaptive histogram equalization (Zuiderveld, Graphics Gems IV, 1994), slice by
// slice.
#include <cstring>
#include <limits>

#include "../common/abi.h"
#include "voxels.h"

namespace floodlight {
namespace {

constexpr int32_t kMostBins = 4096;
constexpr int32_t kMostTiles = 256;
constexpr int32_t kMostPixels = 1 << 20;  // along an axis
// Weights are fractions of this: with 16 bits of value, 40 bits in all.
constexpr int32_t kWeight = 4096;

struct Options {
  int32_t slices, rows, columns;
  int32_t tile_rows, tile_columns;
  int32_t low, high;  // the values to equalize; those outside count as the nearest
};

// The values low to high in bins of 2^shift values each.
struct Bins {
  int32_t low;
  int32_t range;
  int32_t shift;
  int32_t count;

  int32_t of(int32_t value) const {
    const int32_t above = value - low;
    return (above < 0 ? 0 : above > range ? range : above) >> shift;
  }
};

Bins bins_of(const Options& options) {
  Bins bins = {.low = options.low, .range = options.high - options.low, .shift = 0, .count = 0};
  while (bins.range >> bins.shift >= kMostBins) bins.shift++;
  bins.count = (bins.range >> bins.shift) + 1;
  return bins;
}

// Where a pixel lies along one axis: between the centres of two tiles.
struct Place {
  uint16_t tile;
  uint16_t next;
  int32_t weight;  // of `next`, of kWeight
};

int32_t tile_begin(int32_t tile, int32_t size, int32_t tiles) {
  return static_cast<int32_t>(int64_t{tile} * size / tiles);
}

Place place_of(int32_t at, int32_t size, int32_t tiles) {
  // Positions are doubled, so that centres of tiles and of pixels are whole numbers.
  const auto centre = [size, tiles](int32_t tile) {
    return tile_begin(tile, size, tiles) + tile_begin(tile + 1, size, tiles);
  };
  const int32_t position = 2 * at + 1;
  int32_t tile = static_cast<int32_t>(((int64_t{at} + 1) * tiles - 1) / size);
  if (position < centre(tile)) tile--;
  if (tile < 0) return {0, 0, 0};
  const auto here = static_cast<uint16_t>(tile);
  if (tile + 1 == tiles) return {here, here, 0};
  const int32_t distance = centre(tile + 1) - centre(tile);
  const int64_t scaled = int64_t{position - centre(tile)} * kWeight;
  const int32_t weight = static_cast<int32_t>((2 * scaled + distance) / (2 * distance));
  return {here, static_cast<uint16_t>(tile + 1), weight};
}

// Cuts counts off at `limit` and spreads what was cut evenly, the rest of that in equal steps (as
// OpenCV does).
void clip(uint32_t* counts, int32_t bins, uint32_t limit) {
  uint32_t excess = 0;
  for (int32_t bin = 0; bin < bins; bin++) {
    if (counts[bin] <= limit) continue;
    excess += counts[bin] - limit;
    counts[bin] = limit;
  }
  const uint32_t share = excess / bins;
  const uint32_t rest = excess % bins;
  for (int32_t bin = 0; bin < bins; bin++) counts[bin] += share;
  if (rest == 0) return;
  const uint32_t step = bins / rest;
  for (uint32_t each = 0; each < rest; each++) counts[each * step]++;
}

// What each bin becomes, as a height above `low`: the share of the pixels up to and including it.
void map_bins(const uint32_t* counts, const Bins& bins, uint32_t pixels, uint16_t* heights) {
  uint64_t below = 0;
  for (int32_t bin = 0; bin < bins.count; bin++) {
    below += counts[bin];
    const uint64_t doubled = 2 * below * bins.range / pixels;
    heights[bin] = static_cast<uint16_t>((doubled + 1) / 2);
  }
}

template <class T>
class Equalizer {
 public:
  Equalizer(const Options& options, double limit, void* scratch)
      : options_(options),
        bins_(bins_of(options)),
        limit_(limit),
        places_(static_cast<Place*>(scratch)),
        counts_(reinterpret_cast<uint32_t*>(places_ + options.columns)),
        heights_(reinterpret_cast<uint16_t*>(counts_ + bins_.count)) {
    for (int32_t x = 0; x < options.columns; x++) {
      places_[x] = place_of(x, options.columns, options.tile_columns);
    }
  }

  void equalize(const T* slice, T* result) const {
    for (int32_t tile = 0; tile < options_.tile_rows * options_.tile_columns; tile++) {
      map_tile(slice, tile / options_.tile_columns, tile % options_.tile_columns);
    }
    for (int32_t y = 0; y < options_.rows; y++) {
      map_row(slice + y * options_.columns, y, result + y * options_.columns);
    }
  }

 private:
  uint16_t* heights_of(int32_t tile_y, int32_t tile_x) const {
    return heights_ + (tile_y * options_.tile_columns + tile_x) * bins_.count;
  }

  void map_tile(const T* slice, int32_t tile_y, int32_t tile_x) const {
    const auto [slices, rows, columns, tile_rows, tile_columns, low, high] = options_;
    const int32_t begin_y = tile_begin(tile_y, rows, tile_rows);
    const int32_t end_y = tile_begin(tile_y + 1, rows, tile_rows);
    const int32_t begin_x = tile_begin(tile_x, columns, tile_columns);
    const int32_t end_x = tile_begin(tile_x + 1, columns, tile_columns);
    memset(counts_, 0, sizeof(uint32_t) * bins_.count);
    for (int32_t y = begin_y; y < end_y; y++) {
      for (int32_t x = begin_x; x < end_x; x++) counts_[bins_.of(slice[y * columns + x])]++;
    }
    const uint32_t pixels = static_cast<uint32_t>(end_y - begin_y) * (end_x - begin_x);
    const double most = limit_ * pixels;
    clip(counts_, bins_.count, most < 1 ? 1 : static_cast<uint32_t>(most));
    map_bins(counts_, bins_, pixels, heights_of(tile_y, tile_x));
  }

  void map_row(const T* row, int32_t y, T* result) const {
    const Place down = place_of(y, options_.rows, options_.tile_rows);
    const uint16_t* upper = heights_of(down.tile, 0);
    const uint16_t* lower = heights_of(down.next, 0);
    for (int32_t x = 0; x < options_.columns; x++) {
      const Place along = places_[x];
      const int32_t bin = bins_.of(row[x]);
      const int32_t left = along.tile * bins_.count + bin;
      const int32_t right = along.next * bins_.count + bin;
      const auto between = [](uint64_t a, uint64_t b, int32_t weight) {
        return a * (kWeight - weight) + b * weight;
      };
      const uint64_t above = between(upper[left], upper[right], along.weight);
      const uint64_t below = between(lower[left], lower[right], along.weight);
      const uint64_t height = between(above, below, down.weight);
      constexpr uint64_t kOne = uint64_t{kWeight} * kWeight;
      result[x] = static_cast<T>(bins_.low + static_cast<int32_t>((height + kOne / 2) / kOne));
    }
  }

  const Options options_;
  const Bins bins_;
  const double limit_;
  Place* const places_;
  uint32_t* const counts_;
  uint16_t* const heights_;
};

int64_t scratch_bytes_of(const Options& options) {
  const int64_t bins = bins_of(options).count;
  const int64_t heights = options.tile_rows * options.tile_columns * bins;
  return options.columns * int64_t{sizeof(Place)} + bins * 4 + heights * 2;
}

bool is_tiled(int32_t pixels, int32_t tiles) {
  return pixels > 0 && pixels <= kMostPixels && tiles > 0 && tiles <= pixels && tiles <= kMostTiles;
}

bool is_valid(const Options& options) {
  if (!is_tiled(options.rows, options.tile_rows)) return false;
  if (!is_tiled(options.columns, options.tile_columns)) return false;
  if (options.slices < 1 || options.low >= options.high) return false;
  if (options.low < INT16_MIN || options.high > UINT16_MAX) return false;
  return options.rows * int64_t{options.columns} <= INT32_MAX / options.slices;
}

}  // namespace

// Bytes of scratch that `clahe` takes with these options, kArgument for impossible ones, or
// kTooLarge.
FLOODLIGHT_EXPORT(clahe_scratch)
int32_t clahe_scratch(const Options* options) {
  if (!is_valid(*options)) return kArgument;
  const int64_t bytes = scratch_bytes_of(*options);
  return bytes > INT32_MAX ? int32_t{kTooLarge} : static_cast<int32_t>(bytes);
}

// Equalizes each slice (C order: slices, rows, columns) of integers into `dst`, of the same kind:
// each pixel by the histograms of the four tiles around it, weighted bilinearly. No bin counts for
// more than the share `limit` (above 0, at most 1) of a tile's pixels. Up to 4,096 values have a
// bin each, more share bins of 2^n. Fixed-point: the same everywhere. Returns the count of voxels,
// kTooLarge when the scratch does not suffice, or kArgument.
FLOODLIGHT_EXPORT(clahe)
int32_t clahe(const void* src, int32_t kind, void* dst, const Options* options, double limit,
              void* scratch, int32_t scratch_bytes) {
  const int32_t needed = clahe_scratch(options);
  if (needed < 0) return needed;
  if (needed > scratch_bytes) return kTooLarge;
  if (!(limit > 0 && limit <= 1)) return kArgument;
  return with_integer(kind, [=]<class T>(VoxelType<T>) -> int32_t {
    if (options->low < std::numeric_limits<T>::min()) return kArgument;
    if (options->high > std::numeric_limits<T>::max()) return kArgument;
    const Equalizer<T> equalizer(*options, limit, scratch);
    const int32_t pixels = options->rows * options->columns;
    for (int32_t slice = 0; slice < options->slices; slice++) {
      equalizer.equalize(static_cast<const T*>(src) + slice * pixels,
                         static_cast<T*>(dst) + slice * pixels);
    }
    return options->slices * pixels;
  });
}

}  // namespace floodlight
