#include "shuffle.h"

#include "lanes.h"

namespace floodlight {
namespace {

constexpr int32_t kMostElementBytes = 255;

#ifdef __wasm_simd128__

// As many elements as come in vectors; returns how many.
template <int ElementBytes>
int32_t vectors_to_elements(const uint8_t* planes, int32_t plane_bytes, uint8_t* elements,
                            int32_t count) {
  int32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    v128_t vectors[ElementBytes];
    for (int b = 0; b < ElementBytes; b++) {
      vectors[b] = wasm_v128_load(planes + b * plane_bytes + i);
    }
    interleave(vectors);
    for (int b = 0; b < ElementBytes; b++) {
      wasm_v128_store(elements + i * ElementBytes + 16 * b, vectors[b]);
    }
  }
  return i;
}

template <int ElementBytes>
int32_t elements_to_vectors(const uint8_t* elements, uint8_t* planes, int32_t plane_bytes,
                            int32_t count) {
  int32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    v128_t vectors[ElementBytes];
    for (int b = 0; b < ElementBytes; b++) {
      vectors[b] = wasm_v128_load(elements + i * ElementBytes + 16 * b);
    }
    separate(vectors);
    for (int b = 0; b < ElementBytes; b++) {
      wasm_v128_store(planes + b * plane_bytes + i, vectors[b]);
    }
  }
  return i;
}

int32_t vectors_to_elements(const uint8_t* planes, int32_t plane_bytes, uint8_t* elements,
                            int32_t count, int32_t element_bytes) {
  switch (element_bytes) {
    case 2:
      return vectors_to_elements<2>(planes, plane_bytes, elements, count);
    case 4:
      return vectors_to_elements<4>(planes, plane_bytes, elements, count);
    case 8:
      return vectors_to_elements<8>(planes, plane_bytes, elements, count);
    default:
      return 0;
  }
}

int32_t elements_to_vectors(const uint8_t* elements, uint8_t* planes, int32_t plane_bytes,
                            int32_t count, int32_t element_bytes) {
  switch (element_bytes) {
    case 2:
      return elements_to_vectors<2>(elements, planes, plane_bytes, count);
    case 4:
      return elements_to_vectors<4>(elements, planes, plane_bytes, count);
    case 8:
      return elements_to_vectors<8>(elements, planes, plane_bytes, count);
    default:
      return 0;
  }
}

#else

int32_t vectors_to_elements(const uint8_t*, int32_t, uint8_t*, int32_t, int32_t) { return 0; }
int32_t elements_to_vectors(const uint8_t*, uint8_t*, int32_t, int32_t, int32_t) { return 0; }

#endif

}  // namespace

void planes_to_elements(const uint8_t* planes, int32_t plane_bytes, uint8_t* elements,
                        int32_t count, int32_t element_bytes) {
  const int32_t done =
      vectors_to_elements(planes, plane_bytes, elements, count, element_bytes);
  for (int32_t b = 0; b < element_bytes; b++) {
    const uint8_t* const plane = planes + b * plane_bytes;
    for (int32_t i = done; i < count; i++) elements[i * element_bytes + b] = plane[i];
  }
}

void elements_to_planes(const uint8_t* elements, uint8_t* planes, int32_t plane_bytes,
                        int32_t count, int32_t element_bytes) {
  const int32_t done =
      elements_to_vectors(elements, planes, plane_bytes, count, element_bytes);
  for (int32_t b = 0; b < element_bytes; b++) {
    uint8_t* const plane = planes + b * plane_bytes;
    for (int32_t i = done; i < count; i++) plane[i] = elements[i * element_bytes + b];
  }
}

}  // namespace floodlight

using namespace floodlight;

int32_t unshuffle_bytes(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes) {
  if (bytes < 0 || element_bytes < 1 || element_bytes > kMostElementBytes) return kArgument;
  const int32_t count = bytes / element_bytes;
  const int32_t whole = count * element_bytes;
  planes_to_elements(src, count, dst, count, element_bytes);
  __builtin_memcpy(dst + whole, src + whole, bytes - whole);
  return bytes;
}

int32_t shuffle_bytes(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes) {
  if (bytes < 0 || element_bytes < 1 || element_bytes > kMostElementBytes) return kArgument;
  const int32_t count = bytes / element_bytes;
  const int32_t whole = count * element_bytes;
  elements_to_planes(src, dst, count, count, element_bytes);
  __builtin_memcpy(dst + whole, src + whole, bytes - whole);
  return bytes;
}
