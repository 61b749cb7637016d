// Byte and bit shuffles as of blosc and numcodecs: bytes, or bits, of the same weight of all
// elements together.
#pragma once

#include "../common/abi.h"

namespace floodlight {

// From planes of bytes, which lie `plane_bytes` apart, to elements: the byte b of element i was
// byte i of plane b.
void planes_to_elements(const uint8_t* planes, int32_t plane_bytes, uint8_t* elements,
                        int32_t count, int32_t element_bytes);

// The inverse.
void elements_to_planes(const uint8_t* elements, uint8_t* planes, int32_t plane_bytes,
                        int32_t count, int32_t element_bytes);

// Bit shuffles as in c-blosc 1: the bit b of element i lies in byte i / 8 of plane b, as bit i % 8.
// When the elements are no multiple of 8 in number, nothing is shuffled; bytes behind the last
// whole element stay where they are.
void unshuffle_bits(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes);
void shuffle_bits(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes);

}  // namespace floodlight

// Byte shuffles of elements of 1 to 255 bytes; bytes behind the last whole element stay where they
// are. Return `bytes` or kArgument.
FLOODLIGHT_EXPORT(unshuffle_bytes)
int32_t unshuffle_bytes(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes);
FLOODLIGHT_EXPORT(shuffle_bytes)
int32_t shuffle_bytes(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes);
