// Weights as factors of Winograd's products.
#include "multiply.h"
#include "tiles.h"

namespace floodlight {
namespace {

// Outputs that are packed together, in doubles, so that their factors are rounded once.
struct Eight {
  double lanes[kColumns];
};

void add_scaled(Eight& to, const Eight& from, double scale) {
  for (int lane = 0; lane < kColumns; lane++) to.lanes[lane] += scale * from.lanes[lane];
}

// Adds the factors along one axis of a tap to `to`, which are `stride` apart.
void spread_tap(const Eight& weights, int tap, Eight* to, int stride) {
  for (int product = 0; product < kIn; product++)
    add_scaled(to[product * stride], weights, kOfTaps[product][tap]);
}

// The factors of 27 taps: the first `columns` outputs of `to`, products
// `stride` floats apart.
void spread_taps(const Eight (&taps)[kTaps * kTaps * kTaps], int32_t columns, float* to,
                 int64_t stride) {
  Eight along_x[kTaps * kTaps][kIn] = {};
  Eight along_yx[kTaps][kRowsIn] = {};
  for (int tap = 0; tap < kTaps * kTaps * kTaps; tap++)
    spread_tap(taps[tap], tap % kTaps, along_x[tap / kTaps], 1);
  for (int tap = 0; tap < kTaps * kTaps; tap++)
    for (int x = 0; x < kIn; x++)
      spread_tap(along_x[tap][x], tap % kTaps, along_yx[tap / kTaps] + x, kIn);
  for (int product = 0; product < kProducts; product++) {
    Eight sum = {};
    for (int tap = 0; tap < kTaps; tap++)
      add_scaled(sum, along_yx[tap][product % kRowsIn], kOfTaps[product / kRowsIn][tap]);
    for (int32_t column = 0; column < columns; column++)
      to[product * stride + column] = float(sum.lanes[column]);
  }
}

}  // namespace

void pack_weights(const float* weights, int32_t inputs, int32_t outputs, float* factors) {
  const int32_t rows = padded(inputs);
  const int32_t all = padded(outputs);
  __builtin_memset(factors, 0, size_t(kProducts) * rows * all * sizeof(float));
  for (int32_t first = 0; first < outputs; first += kColumns) {
    const int32_t columns = smaller(kColumns, all - first);
    const int32_t known = smaller(kColumns, outputs - first);
    for (int32_t input = 0; input < inputs; input++) {
      Eight taps[kTaps * kTaps * kTaps] = {};
      for (int tap = 0; tap < kTaps * kTaps * kTaps; tap++)
        for (int32_t column = 0; column < known; column++)
          taps[tap].lanes[column] = weights[(tap * inputs + input) * outputs + first + column];
      spread_taps(taps, columns, factors + first * rows + input * columns, int64_t{rows} * all);
    }
  }
}

void pack_points(const float* weights, int32_t inputs, int32_t outputs, float* packed) {
  const int32_t rows = padded(inputs);
  const int32_t all = padded(outputs);
  __builtin_memset(packed, 0, size_t(rows) * all * sizeof(float));
  for (int32_t output = 0; output < outputs; output++) {
    const int32_t first = output / kColumns * kColumns;
    const int32_t columns = smaller(kColumns, all - first);
    for (int32_t input = 0; input < inputs; input++)
      packed[first * rows + input * columns + output - first] = weights[input * outputs + output];
  }
}

}  // namespace floodlight
