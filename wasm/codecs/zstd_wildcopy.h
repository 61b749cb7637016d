// Replaces how zstd's decoder copies matches: what repeats a short period, as labels do, by 16
// bytes at a time instead of 8, each of which waits for the one before. Part of zstd_library.c.
#pragma once

#include "match_copy.h"

// zstd's contract: copies at least `length` bytes and at most 32 more; where source and destination
// overlap, the source lies at least 8 bytes before.
static inline __attribute__((always_inline)) void copy_wildly(void* dst, const void* src,
                                                              ptrdiff_t length,
                                                              ZSTD_overlap_e overlap) {
  uint8_t* const to = (uint8_t*)dst;
  const uint8_t* const from = (const uint8_t*)src;
  if (overlap == ZSTD_overlap_src_before_dst && to - from < 16) {
    copy_period(to, to + length, (uint32_t)(to - from));
  } else {
    copy_sixteens(to, to + length, from);
  }
}

#define ZSTD_wildcopy copy_wildly
