// Products of small matrices.
#pragma once

#include "four.h"

namespace floodlight {

// kRows rows of `left`, `depth` long each (a multiple of four), times `right`, rows of 4 · kFours
// numbers, into `to`.
template <int kRows, int kFours>
inline void multiply_block(const float* left, int32_t depth, const float* right, float* to,
                           int32_t to_stride) {
  Four sums[kRows][kFours] = {};
  for (int32_t k = 0; k < depth; k += kFour) {
#pragma unroll
    for (int32_t step = 0; step < kFour; step++) {
      Four factors[kFours];
#pragma unroll
      for (int four = 0; four < kFours; four++)
        factors[four] = load(right + (step * kFours + four) * kFour);
#pragma unroll
      for (int row = 0; row < kRows; row++) {
        const Four value = load_splat(left + row * depth + k + step);
#pragma unroll
        for (int four = 0; four < kFours; four++)
          sums[row][four] = multiply_add(value, factors[four], sums[row][four]);
      }
    }
    right += kFour * kFours * kFour;
  }
#pragma unroll
  for (int row = 0; row < kRows; row++)
#pragma unroll
    for (int four = 0; four < kFours; four++)
      store(to + row * to_stride + four * kFour, sums[row][four]);
}

// The same for any number of rows.
template <int kRows, int kFours>
inline void multiply_rows(const float* left, int32_t rows, int32_t depth, const float* right,
                          float* to, int32_t to_stride) {
  int32_t row = 0;
  for (; row + kRows <= rows; row += kRows)
    multiply_block<kRows, kFours>(left + row * depth, depth, right, to + row * to_stride,
                                  to_stride);
  const float* rest = left + row * depth;
  float* rest_to = to + row * to_stride;
  switch (rows - row) {
    case 1: return multiply_block<1, kFours>(rest, depth, right, rest_to, to_stride);
    case 2: return multiply_block<2, kFours>(rest, depth, right, rest_to, to_stride);
    case 3: return multiply_block<3, kFours>(rest, depth, right, rest_to, to_stride);
  }
}

// Rows of `left` times a matrix of `depth` rows and `columns` numbers, a multiple of four each;
// `right` has its columns by eights, the last of four perhaps.
inline void multiply(const float* left, int32_t rows, int32_t depth, const float* right,
                     int32_t columns, float* to) {
  int32_t column = 0;
  for (; column + 8 <= columns; column += 8)
    multiply_rows<4, 2>(left, rows, depth, right + column * depth, to + column, columns);
  if (column < columns)
    multiply_rows<4, 1>(left, rows, depth, right + column * depth, to + column, columns);
}

}  // namespace floodlight
