// The voxel types that the functions of this folder read and write.
#pragma once

#include <cstdint>

#include "../common/abi.h"

namespace floodlight {

// How callers name a voxel type; src/normalize/kernels.ts has the same numbers.
enum Kind : int32_t { kUint8 = 0, kUint16 = 1, kInt16 = 2, kFloat32 = 3, kFloat16 = 4 };

// An IEEE 754 binary16 number.
struct Half {
  uint16_t bits;
};

template <class T>
struct VoxelType {
  using Voxel = T;
};

// Calls `visit(VoxelType<T>)` with the integer type of `kind`, and returns its result; kArgument
// for other kinds.
template <class Visitor>
int32_t with_integer(int32_t kind, Visitor visit) {
  switch (kind) {
    case kUint8:
      return visit(VoxelType<uint8_t>{});
    case kUint16:
      return visit(VoxelType<uint16_t>{});
    case kInt16:
      return visit(VoxelType<int16_t>{});
    default:
      return kArgument;
  }
}

// The same with the types that images are stored in: the integers and float32.
template <class Visitor>
int32_t with_image(int32_t kind, Visitor visit) {
  return kind == kFloat32 ? visit(VoxelType<float>{}) : with_integer(kind, visit);
}

}  // namespace floodlight
