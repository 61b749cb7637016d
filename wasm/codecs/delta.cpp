// The filter `delta` of numcodecs: each element as its difference to the one before.
#include "../common/abi.h"
#include "bytes.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {
namespace {

#ifdef __wasm_simd128__

v128_t add(v128_t a, v128_t b, uint8_t) { return wasm_i8x16_add(a, b); }
v128_t add(v128_t a, v128_t b, uint16_t) { return wasm_i16x8_add(a, b); }
v128_t add(v128_t a, v128_t b, uint32_t) { return wasm_i32x4_add(a, b); }
v128_t add(v128_t a, v128_t b, uint64_t) { return wasm_i64x2_add(a, b); }

v128_t splat(uint8_t number) { return wasm_i8x16_splat(number); }
v128_t splat(uint16_t number) { return wasm_i16x8_splat(number); }
v128_t splat(uint32_t number) { return wasm_i32x4_splat(static_cast<int32_t>(number)); }
v128_t splat(uint64_t number) { return wasm_i64x2_splat(static_cast<int64_t>(number)); }

// The bytes `distance` before, zeros in front: a selection of indices that are too large, as
// swizzle reads them.
template <int Distance>
v128_t moved(v128_t vector) {
  uint8_t order[16];
  for (int i = 0; i < 16; i++) order[i] = static_cast<uint8_t>(i - Distance);
  return wasm_i8x16_swizzle(vector, wasm_v128_load(order));
}

// Sums of the elements of a vector up to each.
template <typename Number>
v128_t sums_within(v128_t vector) {
  constexpr int kBytes = sizeof(Number);
  vector = add(vector, moved<kBytes>(vector), Number{});
  if constexpr (kBytes < 8) vector = add(vector, moved<2 * kBytes>(vector), Number{});
  if constexpr (kBytes < 4) vector = add(vector, moved<4 * kBytes>(vector), Number{});
  if constexpr (kBytes < 2) vector = add(vector, moved<8 * kBytes>(vector), Number{});
  return vector;
}

#endif

// Integers wrap around.
template <typename Number>
void sum_integers(uint8_t* at, int32_t count) {
  constexpr int32_t kBytes = sizeof(Number);
  uint8_t* const end = at + count * kBytes;
  Number sum = 0;
#ifdef __wasm_simd128__
  for (; end - at >= 16; at += 16) {
    const v128_t sums = add(sums_within<Number>(wasm_v128_load(at)), splat(sum), sum);
    wasm_v128_store(at, sums);
    sum = load<Number>(at + 16 - kBytes);
  }
#endif
  for (; at < end; at += kBytes) {
    sum = static_cast<Number>(sum + load<Number>(at));
    store(at, sum);
  }
}

// One after the other: another order would round otherwise.
template <typename Number>
void sum_floats(uint8_t* at, int32_t count) {
  if (count == 0) return;
  constexpr int32_t kBytes = sizeof(Number);
  uint8_t* const end = at + count * kBytes;
  Number sum = load<Number>(at);
  for (at += kBytes; at < end; at += kBytes) {
    sum += load<Number>(at);
    store(at, sum);
  }
}

template <typename Number>
void difference(uint8_t* data, int32_t count) {
  constexpr int32_t kBytes = sizeof(Number);
  for (int32_t i = count - 1; i > 0; i--) {
    uint8_t* const at = data + i * kBytes;
    store(at, static_cast<Number>(load<Number>(at) - load<Number>(at - kBytes)));
  }
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// Replaces elements by their sums up to each. Kinds: 1, 2, 4, 8 for integers of so many bytes,
// which wrap around, −4 and −8 for floats. Returns `count` or kArgument.
FLOODLIGHT_EXPORT(delta_decode)
int32_t delta_decode(uint8_t* data, int32_t count, int32_t kind) {
  if (count < 0) return kArgument;
  switch (kind) {
    case 1:
      sum_integers<uint8_t>(data, count);
      return count;
    case 2:
      sum_integers<uint16_t>(data, count);
      return count;
    case 4:
      sum_integers<uint32_t>(data, count);
      return count;
    case 8:
      sum_integers<uint64_t>(data, count);
      return count;
    case -4:
      sum_floats<float>(data, count);
      return count;
    case -8:
      sum_floats<double>(data, count);
      return count;
    default:
      return kArgument;
  }
}

// Replaces all elements but the first by their differences to the ones before; kinds as of
// `delta_decode`.
FLOODLIGHT_EXPORT(delta_encode)
int32_t delta_encode(uint8_t* data, int32_t count, int32_t kind) {
  if (count < 0) return kArgument;
  switch (kind) {
    case 1:
      difference<uint8_t>(data, count);
      return count;
    case 2:
      difference<uint16_t>(data, count);
      return count;
    case 4:
      difference<uint32_t>(data, count);
      return count;
    case 8:
      difference<uint64_t>(data, count);
      return count;
    case -4:
      difference<float>(data, count);
      return count;
    case -8:
      difference<double>(data, count);
      return count;
    default:
      return kArgument;
  }
}
