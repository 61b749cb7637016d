// The zstd library without its own memory, behind functions that take 32-bit sizes: zstd_library.c
// says why. They return bytes, or a negative Status of wasm/common/abi.h.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes of scratch that `zstd_library_decode` takes.
int32_t zstd_library_decode_scratch(void);

// Decodes all frames of src into dst. Scratch is 8-byte aligned.
int32_t zstd_library_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                            int32_t dst_capacity, uint8_t* scratch, int32_t scratch_bytes);

// The most bytes that encoding this many gives.
int32_t zstd_library_encode_bound(int32_t src_bytes);

// Bytes of scratch that encoding up to this many bytes at a level takes.
int32_t zstd_library_encode_scratch(int32_t level, int32_t src_bytes);

// Encodes src as one frame that names its size. Scratch is 8-byte aligned.
int32_t zstd_library_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                            int32_t dst_capacity, int32_t level, int32_t has_checksum,
                            uint8_t* scratch, int32_t scratch_bytes);

#ifdef __cplusplus
}
#endif
