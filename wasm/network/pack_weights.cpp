// Weights as factors of Winograd's products.
#include "multiply.h"
#include "tiles.h"

namespace floodlight {
namespace {

// Where the factor of an input and an output lies among those of one product.
int32_t place_of(int32_t input, int32_t output, int32_t inputs, int32_t outputs) {
  const int32_t first = output / kColumns * kColumns;
  const int32_t columns = outputs - first < kColumns ? outputs - first : kColumns;
  return first * inputs + input * columns + output - first;
}

// The 125 factors of 27 taps, `stride` floats apart; in doubles, so that they are rounded once.
void spread_taps(const float* taps, int64_t stride, double (&factors)[kProducts]) {
  double along_x[kTaps][kTaps][kIn] = {};
  double along_yx[kTaps][kIn][kIn] = {};
  for (int tap = 0; tap < kTaps * kTaps * kTaps; tap++) {
    for (int x = 0; x < kIn; x++)
      along_x[tap / 9][tap / 3 % 3][x] += kOfTaps[x][tap % 3] * double{taps[tap * stride]};
  }
  for (int tap = 0; tap < kTaps * kTaps; tap++) {
    for (int at = 0; at < kPlane; at++)
      along_yx[tap / 3][at / kIn][at % kIn] +=
          kOfTaps[at / kIn][tap % 3] * along_x[tap / 3][tap % 3][at % kIn];
  }
  for (int at = 0; at < kProducts; at++) {
    factors[at] = 0;
    for (int tap = 0; tap < kTaps; tap++)
      factors[at] += kOfTaps[at / kPlane][tap] * along_yx[tap][at / kIn % kIn][at % kIn];
  }
}

}  // namespace

void pack_weights(const float* weights, int32_t inputs, int32_t outputs, float* factors) {
  const int32_t rows = padded(inputs);
  const int32_t columns = padded(outputs);
  __builtin_memset(factors, 0, size_t(kProducts) * rows * columns * sizeof(float));
  for (int32_t input = 0; input < inputs; input++) {
    for (int32_t output = 0; output < outputs; output++) {
      double products[kProducts];
      spread_taps(weights + input * outputs + output, int64_t{inputs} * outputs, products);
      float* to = factors + place_of(input, output, rows, columns);
      for (int at = 0; at < kProducts; at++) to[at * rows * columns] = float(products[at]);
    }
  }
}

}  // namespace floodlight
