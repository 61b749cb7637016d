// zstd, decoder and encoder, as one unit: compiled as for 64 bits, without malloc, with our own hot
// loops.
//
// zstd chooses its paths by the size of size_t, which is 4 on wasm32, though a 64-bit operation
// costs WebAssembly no more than a 32-bit one. So here size_t has 8 bytes, after the C library's
// own headers. What the 32-bit paths guard against, addresses that overflow, cannot happen below 2
// GiB of memory.
#include "zstd_library.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef __wasm__
#define size_t unsigned long long
#endif

// Contexts live in the caller's scratch; zstd's own allocator is never reached.
#define ZSTD_DEPS_MALLOC
#define ZSTD_malloc(bytes) ((void)(bytes), (void*)0)
#define ZSTD_calloc(count, bytes) ((void)(count), (void)(bytes), (void*)0)
#define ZSTD_free(pointer) ((void)(pointer))

#define DYNAMIC_BMI2 0
#define ZSTD_NO_TRACE
#define ZSTD_DISABLE_DEPRECATE_WARNINGS
// Single symbols: images are hardly compressible, and two symbols seldom fit into one look-up.
#define HUF_FORCE_DECOMPRESS_X1
// The other way only helps where memory can be prefetched.
#define ZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT

#include <common/mem.h>

// bits.h trusts __builtin_ctzll only where this is defined.
#ifndef __LP64__
#define __LP64__ 1
#include <common/bits.h>
#undef __LP64__
#endif

#include <common/entropy_common.c>
#include <common/error_private.c>
#include <common/fse_decompress.c>
#include <common/xxhash.c>
#include <common/zstd_common.c>

#include "zstd_huffman_loop.h"
#include "zstd_wildcopy.h"

#include <decompress/zstd_ddict.c>
#include <decompress/zstd_decompress.c>
#include <decompress/zstd_decompress_block.c>

#undef ZSTD_wildcopy

#include "zstd_whole_buffers.h"

// Encoding is the lesser need: two thirds of the size count for more than a few per cent of speed.
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#include <compress/fse_compress.c>
#include <compress/hist.c>
#include <compress/huf_compress.c>
#include <compress/zstd_compress.c>
#include <compress/zstd_compress_literals.c>
#include <compress/zstd_compress_sequences.c>
#include <compress/zstd_compress_superblock.c>
#include <compress/zstd_double_fast.c>
#undef ZSTD_compressBlock_fast_extDict
#undef ZSTD_compressBlock_fast_dictMatchState
#include <compress/zstd_fast.c>
#include <compress/zstd_lazy.c>
#include <compress/zstd_ldm.c>
#include <compress/zstd_opt.c>
#include <compress/zstd_preSplit.c>
#pragma clang attribute pop

static int32_t result_of(size_t bytes) {
  return ZSTD_isError(bytes) ? -(int32_t)ZSTD_getErrorCode(bytes) : (int32_t)bytes;
}

int32_t zstd_library_decode_scratch(void) { return (int32_t)ZSTD_estimateDCtxSize(); }

int32_t zstd_library_decode(const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                            int32_t dst_capacity, uint8_t* scratch, int32_t scratch_bytes) {
  ZSTD_DCtx* const context = ZSTD_initStaticDCtx(scratch, (size_t)scratch_bytes);
  if (context == NULL) return -(int32_t)ZSTD_error_memory_allocation;
  return result_of(
      ZSTD_decompressDCtx(context, dst, (size_t)dst_capacity, src, (size_t)src_bytes));
}

int32_t zstd_library_encode_bound(int32_t src_bytes) {
  return (int32_t)ZSTD_compressBound((size_t)src_bytes);
}

int32_t zstd_library_encode_scratch(int32_t level, int32_t src_bytes) {
  return result_of(ZSTD_estimateCCtxSize_usingCParams(
      ZSTD_getCParams(level, (unsigned long long)src_bytes, 0)));
}

int32_t zstd_library_encode(const uint8_t* src, int32_t src_bytes, uint8_t* dst,
                            int32_t dst_capacity, int32_t level, int32_t has_checksum,
                            uint8_t* scratch, int32_t scratch_bytes) {
  ZSTD_CCtx* const context = ZSTD_initStaticCCtx(scratch, (size_t)scratch_bytes);
  if (context == NULL) return -(int32_t)ZSTD_error_memory_allocation;
  ZSTD_parameters parameters = ZSTD_getParams(level, (unsigned long long)src_bytes, 0);
  parameters.fParams.checksumFlag = has_checksum != 0;
  return result_of(ZSTD_compress_advanced(context, dst, (size_t)dst_capacity, src,
                                          (size_t)src_bytes, NULL, 0, parameters));
}
