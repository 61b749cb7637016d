// Decoding of deflate data (RFC 1951), bare or within zlib's and gzip's frames (RFC 1950, 1952).
#pragma once

#include <cstdint>

#include "../common/abi.h"
#include "inflate_tables.h"

namespace floodlight {

// Bytes of scratch, aligned to 4, that each function below takes.
constexpr int32_t kInflateScratch = sizeof(InflateTables);

// Decodes one deflate stream to `dst`: returns the decoded bytes, and in `used_bytes` how much of
// `src` it took. Bytes of `dst` behind the result may be overwritten. kTruncated, kCorrupt,
// kArgument, or kTooLarge (more than `dst_capacity`).
int32_t inflate_raw(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes, int32_t* used_bytes);

// The same within one zlib frame that fills `src`: also kChecksum, and kUnsupported with a preset
// dictionary.
int32_t inflate_zlib(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     uint8_t* scratch, int32_t scratch_bytes);

// The same within one or several gzip members that fill `src`: also kChecksum, for lengths and
// headers too.
int32_t inflate_gzip(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                     uint8_t* scratch, int32_t scratch_bytes);

}  // namespace floodlight

// Bytes of scratch that the decoders below take.
FLOODLIGHT_EXPORT(inflate_scratch) int32_t inflate_scratch();

// As floodlight::inflate_zlib.
FLOODLIGHT_EXPORT(zlib_decode)
int32_t zlib_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes);

// As floodlight::inflate_gzip.
FLOODLIGHT_EXPORT(gzip_decode)
int32_t gzip_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes);
