// LZ4: its block format, and Zarr's codec of that name.
#pragma once

#include "../common/abi.h"

namespace floodlight {

// Decodes one block (lz4_Block_format.md of the LZ4 project) into dst; returns decoded bytes or a
// Status. Bytes of dst behind the result may be overwritten.
int32_t lz4_decode_block(const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                         int32_t dst_capacity);

}  // namespace floodlight

// Decodes what numcodecs' LZ4 writes, the decoded size (u32) and one block; returns decoded bytes
// or a Status.
FLOODLIGHT_EXPORT(lz4_decode)
int32_t lz4_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity);
