// Lookup tables for the prefix codes of deflate blocks (RFC 1951, section 3.2).
#pragma once

#include <cstdint>

namespace floodlight {

constexpr int32_t kLiteralSymbols = 288;
constexpr int32_t kDistanceSymbols = 32;

// Codewords up to this many bits are looked up at once; a second table resolves longer ones.
constexpr int32_t kLiteralRootBits = 11;
constexpr int32_t kDistanceRootBits = 8;

// An entry of a table:
//   bits 0–5    how many bits codeword and extra bits take, in a second table without the root's
//   bits 8–12   how many of these are the codeword's; in kSubtable, what indexes the second table
//   bits 13–15  kSubtable, kEndOfBlock or kInvalid, each with kExceptional set
//   bits 16–30  the literal, the base of a length or distance, or where the second table starts
//   bit 31      kLiteral
// In registers it has 64 bits, like the buffer of bits: V8 then drops the mask of a shift.
using Entry = uint64_t;
constexpr uint32_t kLiteral = 1u << 31;
constexpr uint32_t kExceptional = 1u << 15;
constexpr uint32_t kSubtable = kExceptional | 1u << 14;
constexpr uint32_t kEndOfBlock = kExceptional | 1u << 13;
constexpr uint32_t kInvalid = kExceptional;

constexpr uint64_t entry_bits(Entry entry) { return entry & 63; }
constexpr uint32_t entry_codeword_bits(Entry entry) { return entry >> 8 & 31; }
constexpr uint32_t entry_value(Entry entry) { return entry >> 16 & 0x7fff; }

// The tables of one block. How large they get at most is what zlib's examples/enough.c computes for
// (288 symbols, root 11, longest 15) and (32, 8, 15).
struct InflateTables {
  uint32_t literal[2342];
  uint32_t distance[402];
  int32_t literal_bits;   // that index `literal`: at most kLiteralRootBits
  int32_t distance_bits;  // that index `distance`: at most kDistanceRootBits
  bool are_fixed;         // they hold the fixed codes
};

// Builds the tables from the codeword lengths (0 to 15) of so many symbols. False when a code is
// over-subscribed, or incomplete and not what zlib permits too: one codeword of one bit, or none.
bool build_tables(InflateTables& tables, const uint8_t* literal_lengths, int32_t literal_symbols,
                  const uint8_t* distance_lengths, int32_t distance_symbols);

// Builds the tables of the fixed codes, unless `tables` holds them.
void build_fixed_tables(InflateTables& tables);

constexpr int32_t kLengthCodeSymbols = 19;
constexpr int32_t kLengthCodeBits = 7;

// Builds the table (1 << kLengthCodeBits entries; values are symbols) of the code for the other
// codes' lengths. Returns the bits that index it; 0 when the code is not complete.
int32_t build_length_code(const uint8_t* lengths, uint32_t* table);

}  // namespace floodlight
