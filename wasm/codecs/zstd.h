// zstd frames (RFC 8878), as Zarr's zstd codec and blosc hold them. Scratch is 8-byte aligned.
#pragma once

#include "../common/abi.h"

// Bytes of scratch that `zstd_decode` takes.
FLOODLIGHT_EXPORT(zstd_decode_scratch) int32_t zstd_decode_scratch();

// Decodes all frames of src one behind the other into dst; returns decoded bytes or a Status.
// Frames may lack their size; a checksum is verified; skippable frames are skipped.
FLOODLIGHT_EXPORT(zstd_decode)
int32_t zstd_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes);

// The most bytes that `zstd_encode` gives for this many.
FLOODLIGHT_EXPORT(zstd_encode_bound) int32_t zstd_encode_bound(int32_t src_bytes);

// Bytes of scratch that `zstd_encode` takes; kArgument for a level outside 1 to 22.
FLOODLIGHT_EXPORT(zstd_encode_scratch)
int32_t zstd_encode_scratch(int32_t level, int32_t src_bytes);

// Encodes src as one frame with its size, at a level of 1 to 22; returns encoded bytes or a Status.
FLOODLIGHT_EXPORT(zstd_encode)
int32_t zstd_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    int32_t level, int32_t has_checksum, uint8_t* scratch, int32_t scratch_bytes);
