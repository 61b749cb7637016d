// BloscLZ, the compressor of c-blosc's own (a descendant of FastLZ).
#pragma once

#include "../common/abi.h"

namespace floodlight {

// Decodes one stream into dst; returns decoded bytes or a Status. Bytes of dst behind the result
// may be overwritten.
int32_t blosclz_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity);

}  // namespace floodlight
