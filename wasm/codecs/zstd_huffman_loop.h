// The innermost loop of zstd's Huffman decoder (format: RFC 8878, 4.2), where images spend nearly
// all their time. zstd calls it in place of its x86 assembly, whose contract it keeps; part of
// zstd_library.c.
#pragma once

// Makes zstd call HUF_decompress4X1_usingDTable_internal_fast_asm_loop.
#pragma push_macro("ZSTD_ENABLE_ASM_X86_64_BMI2")
#undef ZSTD_ENABLE_ASM_X86_64_BMI2
#define ZSTD_ENABLE_ASM_X86_64_BMI2 1
#define __BMI2__ 1
#include <decompress/huf_decompress.c>
#undef __BMI2__
#pragma pop_macro("ZSTD_ENABLE_ASM_X86_64_BMI2")

enum { kTableSize = 1 << HUF_DECODER_FAST_TABLELOG };

// zstd's table, entries of (length in bits, symbol), as two: a look-up then takes no shift, and as
// their addresses are constants, no addition. Only valid during a call.
static BYTE code_lengths[kTableSize];
static BYTE code_symbols[kTableSize];

// Four bit streams, read from high bits to low: bits[i] holds what comes next of stream i, then a
// one as an end mark, then zeros. A round takes 5 symbols of at most 11 bits from each.
void HUF_decompress4X1_usingDTable_internal_fast_asm_loop(HUF_DecompressFastArgs* args) {
  const BYTE* ip0 = args->ip[0];
  const BYTE* ip1 = args->ip[1];
  const BYTE* ip2 = args->ip[2];
  const BYTE* ip3 = args->ip[3];
  BYTE* op0 = args->op[0];
  BYTE* op1 = args->op[1];
  BYTE* op2 = args->op[2];
  BYTE* op3 = args->op[3];
  U64 bits0 = args->bits[0];
  U64 bits1 = args->bits[1];
  U64 bits2 = args->bits[2];
  U64 bits3 = args->bits[3];

  const HUF_DEltX1* const table = (const HUF_DEltX1*)args->dt;
  for (int i = 0; i < kTableSize; i++) {
    code_lengths[i] = table[i].nbBits;
    code_symbols[i] = table[i].byte;
  }

#define DECODE(stream, n)                                                     \
  do {                                                                        \
    U32 const code = (U32)(bits##stream >> (64 - HUF_DECODER_FAST_TABLELOG)); \
    bits##stream <<= code_lengths[code] & 63;                                 \
    op##stream[n] = code_symbols[code];                                       \
  } while (0)
#define DECODE_TWO(a, b, n) \
  do {                      \
    DECODE(a, n);           \
    DECODE(b, n);           \
  } while (0)
#define REFILL(stream)                                           \
  do {                                                           \
    U32 const used = (U32)__builtin_ctzll(bits##stream);         \
    ip##stream -= used >> 3;                                     \
    bits##stream = (MEM_readLE64(ip##stream) | 1) << (used & 7); \
    op##stream += 5;                                             \
  } while (0)
// Two streams at a time: all four need more registers than V8 has.
#define ROUND_OF_TWO(a, b) \
  do {                     \
    DECODE_TWO(a, b, 0);   \
    DECODE_TWO(a, b, 1);   \
    DECODE_TWO(a, b, 2);   \
    DECODE_TWO(a, b, 3);   \
    DECODE_TWO(a, b, 4);   \
    REFILL(a);             \
    REFILL(b);             \
  } while (0)

  for (;;) {
    // A round reads less than 8 bytes of each stream. Stream 0 lies lowest, and stream 3 ends the
    // output.
    size_t const rounds_of_input = (size_t)(ip0 - args->ilowest) / 7;
    size_t const rounds_of_output = (size_t)(args->oend - op3) / 5;
    size_t const rounds = MIN(rounds_of_input, rounds_of_output);
    if (rounds == 0 || ip1 < ip0 || ip2 < ip1 || ip3 < ip2) break;
    BYTE* const end = op3 + 5 * rounds;
    do {
      ROUND_OF_TWO(0, 1);
      ROUND_OF_TWO(2, 3);
    } while (op3 < end);
  }

#undef ROUND_OF_TWO
#undef REFILL
#undef DECODE_TWO
#undef DECODE

  args->ip[0] = ip0;
  args->ip[1] = ip1;
  args->ip[2] = ip2;
  args->ip[3] = ip3;
  args->op[0] = op0;
  args->op[1] = op1;
  args->op[2] = op2;
  args->op[3] = op3;
  args->bits[0] = bits0;
  args->bits[1] = bits1;
  args->bits[2] = bits2;
  args->bits[3] = bits3;
}
