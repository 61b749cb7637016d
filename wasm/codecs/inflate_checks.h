// The checksums of zlib and gzip.
#pragma once

#include <cstdint>

namespace floodlight {

// CRC-32 of RFC 1952 (polynomial 0xedb88320, reflected).
uint32_t crc32(const uint8_t* data, int32_t bytes);

// Adler-32 of RFC 1950.
uint32_t adler32(const uint8_t* data, int32_t bytes);

}  // namespace floodlight
