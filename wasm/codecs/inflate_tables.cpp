#include "inflate_tables.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>

namespace floodlight {
namespace {

constexpr int32_t kLongestCodeword = 15;

// What an entry says before the length of its codeword is known: value, flags and extra bits.
constexpr auto kLiteralTemplates = [] {
  std::array<uint32_t, kLiteralSymbols> templates{};
  for (uint32_t symbol = 0; symbol < 256; symbol++) templates[symbol] = kLiteral | symbol << 16;
  templates[256] = kEndOfBlock;
  for (uint32_t i = 0, base = 3; i < 28; i++) {
    const uint32_t extra_bits = i < 8 ? 0 : (i - 4) / 4;
    templates[257 + i] = base << 16 | extra_bits;
    base += 1u << extra_bits;
  }
  templates[285] = 258u << 16;
  templates[286] = templates[287] = kInvalid;
  return templates;
}();

constexpr auto kDistanceTemplates = [] {
  std::array<uint32_t, kDistanceSymbols> templates{};
  for (uint32_t symbol = 0, base = 1; symbol < 30; symbol++) {
    const uint32_t extra_bits = symbol < 4 ? 0 : (symbol - 2) / 2;
    templates[symbol] = base << 16 | extra_bits;
    base += 1u << extra_bits;
  }
  templates[30] = templates[31] = kInvalid;
  return templates;
}();

constexpr auto kLengthCodeTemplates = [] {
  std::array<uint32_t, kLengthCodeSymbols> templates{};
  for (uint32_t symbol = 0; symbol < kLengthCodeSymbols; symbol++) templates[symbol] = symbol << 16;
  return templates;
}();

// A code's symbols in the order of their codewords, and how many codewords there are of each
// length.
struct Code {
  int32_t counts[kLongestCodeword + 1] = {};
  int32_t longest = 0;
  int32_t unused = 1;  // of the codewords of the longest length; negative: over-subscribed
  uint16_t sorted[kLiteralSymbols];

  Code(const uint8_t* lengths, int32_t symbols) {
    for (int32_t symbol = 0; symbol < symbols; symbol++) counts[lengths[symbol]]++;
    int32_t starts[kLongestCodeword + 2] = {};
    for (int32_t length = 1; length <= kLongestCodeword && unused >= 0; length++) {
      unused = unused * 2 - counts[length];
      if (counts[length] > 0) longest = length;
      starts[length + 1] = starts[length] + counts[length];
    }
    if (unused < 0) return;
    unused >>= kLongestCodeword - longest;
    for (int32_t symbol = 0; symbol < symbols; symbol++) {
      if (lengths[symbol] > 0) sorted[starts[lengths[symbol]]++] = symbol;
    }
  }
};

// The next codeword of a canonical code. Codewords come first bit first, so they index tables with
// their bits reversed: counting up means to set the highest bit that is 0 and to clear those above.
uint32_t next_codeword(uint32_t codeword, int32_t length) {
  const uint32_t zeros = codeword ^ ((1u << length) - 1);
  if (zeros == 0) return 0;
  const uint32_t highest = std::bit_floor(zeros);
  return (codeword & (highest - 1)) | highest;
}

uint32_t with_length(uint32_t entry, int32_t length) {
  return entry + uint32_t(length << 8 | length);
}

// Bits that index the second table whose first codeword has `length` bits: enough for all
// codewords, of those that `code` still counts, that share its root bits.
int32_t subtable_bits(const Code& code, int32_t length, int32_t root_bits) {
  int32_t bits = length - root_bits;
  int32_t unused = (1 << bits) - code.counts[length];
  for (; unused > 0 && root_bits + bits < code.longest; bits++) {
    unused = unused * 2 - code.counts[root_bits + bits + 1];
  }
  return bits;
}

// Writes a complete code's table and uses up the code's counts. Returns the bits that index the
// table, 0 when it needs more than `capacity` entries.
int32_t fill_table(Code& code, const uint32_t* templates, int32_t root_bits, uint32_t* table,
                   int32_t capacity) {
  root_bits = std::min(root_bits, code.longest);
  const uint16_t* symbol = code.sorted;
  uint32_t codeword = 0;
  // A table for codewords up to some length is twice the table for those one bit shorter.
  for (int32_t length = 1; length <= root_bits; length++) {
    const size_t half = size_t{1} << (length - 1);
    if (length > 1) memcpy(table + half, table, half * sizeof(uint32_t));
    for (int32_t i = 0; i < code.counts[length]; i++) {
      table[codeword] = with_length(templates[*symbol++], length);
      codeword = next_codeword(codeword, length);
    }
  }
  uint32_t root = ~0u;
  int32_t start = 0, bits = 0, end = 1 << root_bits;
  for (int32_t length = root_bits + 1; length <= code.longest; length++) {
    for (; code.counts[length] > 0; code.counts[length]--) {
      const uint32_t prefix = codeword & ((1u << root_bits) - 1);
      if (prefix != root) {
        root = prefix;
        start = end;
        bits = subtable_bits(code, length, root_bits);
        end = start + (1 << bits);
        if (end > capacity) return 0;
        table[root] = kSubtable | uint32_t(start << 16 | bits << 8 | root_bits);
      }
      const uint32_t entry = with_length(templates[*symbol++], length - root_bits);
      for (uint32_t i = codeword >> root_bits; i < 1u << bits; i += 1u << (length - root_bits)) {
        table[start + i] = entry;
      }
      codeword = next_codeword(codeword, length);
    }
  }
  return root_bits;
}

// Like fill_table, also for no codeword at all or a single one of one bit: what is not a codeword
// is kInvalid.
int32_t build_table(const uint8_t* lengths, int32_t symbols, const uint32_t* templates,
                    int32_t root_bits, uint32_t* table, int32_t capacity) {
  Code code(lengths, symbols);
  if (code.unused < 0) return 0;
  if (code.unused == 0) return fill_table(code, templates, root_bits, table, capacity);
  if (code.longest > 1) return 0;
  table[0] = code.longest == 1 ? with_length(templates[code.sorted[0]], 1) : kInvalid;
  table[1] = kInvalid;
  return 1;
}

}  // namespace

bool build_tables(InflateTables& tables, const uint8_t* literal_lengths, int32_t literal_symbols,
                  const uint8_t* distance_lengths, int32_t distance_symbols) {
  tables.are_fixed = false;
  tables.literal_bits =
      build_table(literal_lengths, literal_symbols, kLiteralTemplates.data(), kLiteralRootBits,
                  tables.literal, int32_t(std::size(tables.literal)));
  tables.distance_bits =
      build_table(distance_lengths, distance_symbols, kDistanceTemplates.data(), kDistanceRootBits,
                  tables.distance, int32_t(std::size(tables.distance)));
  return tables.literal_bits > 0 && tables.distance_bits > 0;
}

void build_fixed_tables(InflateTables& tables) {
  if (tables.are_fixed) return;
  uint8_t lengths[kLiteralSymbols], distance_lengths[kDistanceSymbols];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  memset(distance_lengths, 5, kDistanceSymbols);
  build_tables(tables, lengths, kLiteralSymbols, distance_lengths, kDistanceSymbols);
  tables.are_fixed = true;
}

int32_t build_length_code(const uint8_t* lengths, uint32_t* table) {
  Code code(lengths, kLengthCodeSymbols);
  if (code.unused != 0) return 0;
  return fill_table(code, kLengthCodeTemplates.data(), kLengthCodeBits, table,
                    1 << kLengthCodeBits);
}

}  // namespace floodlight
