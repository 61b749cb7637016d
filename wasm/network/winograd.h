// Winograd's minimal filtering F(6, 3): six outputs of a convolution with three taps from eight
// inputs, by eight multiplications in place of 18 (S. Winograd, 1980; A. Lavin and S. Gray,
// arXiv:1509.09308). Along three axes 512 multiplications give 216 voxels, where 27 taps would take
// 5,832. The points are 0, 1, -1, 2, -2, 1/2, -1/2 and infinity: rounding errors grow with them, to
// 2e-6 of the logits of google/ffn's published network (L2), of which F(2, 3) would leave 2e-7.
#pragma once

#include "four.h"

namespace floodlight {

constexpr int kTaps = 3;
// Outputs of a tile along an axis, and inputs, which are as many as products.
constexpr int kOut = 6;
constexpr int kIn = 8;

// What three taps are multiplied by, a row for each product.
constexpr double kOfTaps[kIn][kTaps] = {{1, 0, 0},
                                        {-2. / 9, -2. / 9, -2. / 9},
                                        {-2. / 9, 2. / 9, -2. / 9},
                                        {1. / 90, 1. / 45, 2. / 45},
                                        {1. / 90, -1. / 45, 2. / 45},
                                        {32. / 45, 16. / 45, 8. / 45},
                                        {32. / 45, -16. / 45, 8. / 45},
                                        {0, 0, 1}};

// From inputs, in place, what the factors of the taps are multiplied by.
class Spread {
 public:
  static constexpr int kResults = kIn;

  void operator()(Four (&v)[kIn]) const {
    const Four first = multiply_add(k21_4_, v[4] - v[2], v[0] - v[6]);
    const Four last = multiply_add(k21_4_, v[3] - v[5], v[7] - v[1]);
    // The even and the odd part of a polynomial, whose sum and difference are for points p and -p.
    const Four even1 = v[2] + v[6] - k17_4_ * v[4];
    const Four odd1 = v[1] + v[5] - k17_4_ * v[3];
    const Four even4 = k5_ * v[4];
    const Four odd3 = k5_ * v[3];
    const Four even2 = multiply_add(k1_4_, v[2] - even4, v[6]);
    const Four odd2 = k1_2_ * multiply_add(k4_, v[5], v[1] - odd3);
    const Four even1_2 = multiply_add(k4_, v[2], v[6] - even4);
    const Four odd1_2 = k1_2_ * multiply_add(k4_, v[1], v[5] - odd3);
    v[0] = first;
    v[1] = even1 + odd1;
    v[2] = even1 - odd1;
    v[3] = even2 + odd2;
    v[4] = even2 - odd2;
    v[5] = even1_2 + odd1_2;
    v[6] = even1_2 - odd1_2;
    v[7] = last;
  }

 private:
  Four k1_4_ = constant(1.f / 4), k1_2_ = constant(1.f / 2), k4_ = constant(4), k5_ = constant(5);
  Four k17_4_ = constant(17.f / 4), k21_4_ = constant(21.f / 4);
};

// From products, in place, the outputs, which come first.
class Gather {
 public:
  static constexpr int kResults = kOut;

  void operator()(Four (&v)[kIn]) const {
    // Sums and differences of the products of points 1, 2 and 1/2 and their opposites.
    const Four even1 = v[1] + v[2];
    const Four odd1 = v[1] - v[2];
    const Four even2 = v[3] + v[4];
    const Four odd2 = v[3] - v[4];
    const Four even1_2 = v[5] + v[6];
    const Four odd1_2 = v[5] - v[6];
    v[0] = (v[0] + even1) + (even2 + even1_2);
    v[1] = multiply_add(k2_, odd2, multiply_add(k1_2_, odd1_2, odd1));
    v[2] = multiply_add(k4_, even2, multiply_add(k1_4_, even1_2, even1));
    v[3] = multiply_add(k8_, odd2, multiply_add(k1_8_, odd1_2, odd1));
    v[4] = multiply_add(k16_, even2, multiply_add(k1_16_, even1_2, even1));
    v[5] = multiply_add(k32_, odd2, multiply_add(k1_32_, odd1_2, odd1 + v[7]));
  }

 private:
  Four k2_ = constant(2), k4_ = constant(4), k8_ = constant(8), k16_ = constant(16);
  Four k1_2_ = constant(1.f / 2), k1_4_ = constant(1.f / 4), k1_8_ = constant(1.f / 8);
  Four k1_16_ = constant(1.f / 16), k32_ = constant(32), k1_32_ = constant(1.f / 32);
};

}  // namespace floodlight
