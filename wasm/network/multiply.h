// Products of matrices, of which `left` and what comes out are kept in columns of four: four
// numbers of the first row, of the second, … then the next four of each row.
#pragma once

#include "four.h"

namespace floodlight {

// Columns of `right` that are multiplied together: two fours.
constexpr int32_t kColumns = 2 * kFour;

// Rows that are multiplied together. With their sums, a product and the numbers it is made of, they
// fill the 16 registers that vectors have on x86; one of these is the browser's.
#ifdef FLOODLIGHT_RELAXED_SIMD
constexpr int kRows = 6;
#else
constexpr int kRows = 4;
#endif

// kCount rows times 4 · kFours columns. `stride`: from a column of four to the next.
template <int kCount, int kFours>
inline void multiply_block(const float* left, int32_t stride, int32_t depth, const float* right,
                           float* to) {
  Four sums[kCount][kFours] = {};
  for (int32_t at = 0; at < depth; at += kFour) {
#pragma unroll
    for (int step = 0; step < kFour; step++) {
      Four factors[kFours];
#pragma unroll
      for (int four = 0; four < kFours; four++)
        factors[four] = load(right + (step * kFours + four) * kFour);
#pragma unroll
      for (int row = 0; row < kCount; row++) {
        const Four value = load_splat(left + row * kFour + step);
#pragma unroll
        for (int four = 0; four < kFours; four++) accumulate(sums[row][four], value, factors[four]);
      }
    }
    right += kFour * kFours * kFour;
    left += stride;
  }
#pragma unroll
  for (int row = 0; row < kCount; row++)
#pragma unroll
    for (int four = 0; four < kFours; four++)
      store(to + row * kFour + four * stride, sums[row][four]);
}

// `count` rows, kMost at most.
template <int kMost, int kFours>
inline void multiply_rest(int32_t count, const float* left, int32_t stride, int32_t depth,
                          const float* right, float* to) {
  if constexpr (kMost > 0) {
    if (count < kMost) return multiply_rest<kMost - 1, kFours>(count, left, stride, depth, right, to);
    multiply_block<kMost, kFours>(left, stride, depth, right, to);
  }
}

template <int kFours>
inline void multiply_columns(const float* left, int32_t rows, int32_t depth, const float* right,
                             float* to) {
  const int32_t stride = rows * kFour;
  int32_t row = 0;
  for (; row + kRows <= rows; row += kRows)
    multiply_block<kRows, kFours>(left + row * kFour, stride, depth, right, to + row * kFour);
  multiply_rest<kRows - 1, kFours>(rows - row, left + row * kFour, stride, depth, right,
                                   to + row * kFour);
}

// `rows` rows of `depth` numbers times `columns` columns, multiples of four both; of `right` each
// eight columns lie together, row by row, and perhaps four after them.
inline void multiply(const float* left, int32_t rows, int32_t depth, const float* right,
                     int32_t columns, float* to) {
  int32_t column = 0;
  for (; column + kColumns <= columns; column += kColumns)
    multiply_columns<2>(left, rows, depth, right + column * depth, to + column * rows);
  if (column < columns)
    multiply_columns<1>(left, rows, depth, right + column * depth, to + column * rows);
}

}  // namespace floodlight
