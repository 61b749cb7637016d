// Winograd's F(3, 3): three outputs of a convolution with three taps from five inputs, by five
// multiplications in place of nine (S. Winograd, 1980; A. Lavin and S. Gray, arXiv:1509.09308).
// Along three axes 125 multiplications give 27 voxels, where 27 taps would take 729. The points
// are 0, 1, -1, -2 and infinity: of those with small integers in both transforms, the ones with
// the least error (B. Barabasz et al., arXiv:1803.10986).
#pragma once

#include "four.h"

namespace floodlight {

constexpr int32_t kTaps = 3;
// Outputs of a tile along an axis, and inputs, which are as many as products.
constexpr int32_t kOut = 3;
constexpr int32_t kIn = 5;

// What three taps are multiplied by, a row for each product.
constexpr double kOfTaps[kIn][kTaps] = {{-1. / 2, 0, 0},
                                        {1. / 6, 1. / 6, 1. / 6},
                                        {1. / 2, -1. / 2, 1. / 2},
                                        {-1. / 6, 1. / 3, -2. / 3},
                                        {0, 0, 1}};

// From five inputs, in place, the factors of the five products.
inline void spread(Four& i0, Four& i1, Four& i2, Four& i3, Four& i4) {
  const Four two = splat(2);
  const Four across = i3 - i1;
  const Four sum = i2 + i3;
  const Four first = multiply_add(two, i2 - i0, across);
  const Four last = multiply_add(two, across, i4 - i2);
  const Four third = multiply_add(splat(-2), i1, sum);
  const Four second = multiply_add(two, i1 + i2, sum);
  i0 = first;
  i1 = second;
  i2 = third;
  i3 = across;
  i4 = last;
}

// From five products, in place, the three outputs.
inline void gather(Four& p0, Four& p1, Four& p2, Four p3, Four p4) {
  const Four sum = p1 + p2;
  const Four second = multiply_add(splat(-2), p3, p1 - p2);
  p0 = p0 + (sum + p3);
  p2 = multiply_add(splat(4), p3, sum + p4);
  p1 = second;
}

}  // namespace floodlight
