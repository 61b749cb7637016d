// Between big-endian and little-endian.
#include "../common/abi.h"
#include "bytes.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

namespace floodlight {
namespace {

uint16_t reversed(uint16_t number) { return __builtin_bswap16(number); }
uint32_t reversed(uint32_t number) { return __builtin_bswap32(number); }
uint64_t reversed(uint64_t number) { return __builtin_bswap64(number); }

template <typename Number>
void swap_each(uint8_t* at, uint8_t* end) {
  for (; end - at >= static_cast<int32_t>(sizeof(Number)); at += sizeof(Number)) {
    store(at, reversed(load<Number>(at)));
  }
}

#ifdef __wasm_simd128__

// The bytes 0 to 15 with those of each element reversed.
template <int ElementBytes>
v128_t reversed_order() {
  uint8_t order[16];
  for (int i = 0; i < 16; i++) order[i] = static_cast<uint8_t>(i ^ (ElementBytes - 1));
  return wasm_v128_load(order);
}

#endif

template <typename Number>
void swap_all(uint8_t* at, uint8_t* end) {
#ifdef __wasm_simd128__
  const v128_t order = reversed_order<sizeof(Number)>();
  for (; end - at >= 16; at += 16) {
    wasm_v128_store(at, wasm_i8x16_swizzle(wasm_v128_load(at), order));
  }
#endif
  swap_each<Number>(at, end);
}

}  // namespace
}  // namespace floodlight

using namespace floodlight;

// Reverses, in place, the bytes of each element of 2, 4 or 8 bytes; what is left behind the last
// whole element stays. Returns `bytes` or kArgument.
FLOODLIGHT_EXPORT(swap_bytes)
int32_t swap_bytes(uint8_t* data, int32_t bytes, int32_t element_bytes) {
  if (bytes < 0) return kArgument;
  switch (element_bytes) {
    case 2:
      swap_all<uint16_t>(data, data + bytes);
      return bytes;
    case 4:
      swap_all<uint32_t>(data, data + bytes);
      return bytes;
    case 8:
      swap_all<uint64_t>(data, data + bytes);
      return bytes;
    default:
      return kArgument;
  }
}
