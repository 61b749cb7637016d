// What wasm/codecs exports, for native programs; the sources hold the contracts.
#pragma once

#include <cstdint>

extern "C" {

int32_t blosc_scratch(const uint8_t* src, int32_t src_bytes, int32_t dst_capacity);
int32_t blosc_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     uint8_t* scratch, int32_t scratch_bytes);
int32_t zstd_decode_scratch();
int32_t zstd_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes);
int32_t lz4_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity);
int32_t inflate_scratch();
int32_t gzip_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes);
int32_t zlib_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes);
int32_t crc32c_verify(const uint8_t* src, int32_t src_bytes);

int32_t swap_bytes(uint8_t* data, int32_t bytes, int32_t element_bytes);
int32_t unshuffle_bytes(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes);
int32_t shuffle_bytes(const uint8_t* src, uint8_t* dst, int32_t bytes, int32_t element_bytes);
int32_t delta_decode(uint8_t* data, int32_t count, int32_t kind);
int32_t delta_encode(uint8_t* data, int32_t count, int32_t kind);
int32_t fixed_scale_offset_decode(const uint8_t* src, int32_t src_kind, uint8_t* dst,
                                  int32_t dst_kind, int32_t count, double scale, double offset);
int32_t transpose(const uint8_t* src, uint8_t* dst, int32_t element_bytes, int32_t rank,
                  const int32_t* shape, const int32_t* axes);

int32_t crc32c_append(uint8_t* data, int32_t data_bytes);
int32_t zstd_encode_bound(int32_t src_bytes);
int32_t zstd_encode_scratch(int32_t level, int32_t src_bytes);
int32_t zstd_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    int32_t level, int32_t checksum, uint8_t* scratch, int32_t scratch_bytes);
int32_t blosc_encode_bound(int32_t src_bytes);
int32_t blosc_encode_scratch(int32_t src_bytes, int32_t typesize, int32_t level);
int32_t blosc_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     int32_t typesize, int32_t shuffle, int32_t level, uint8_t* scratch,
                     int32_t scratch_bytes);

}  // extern "C"
