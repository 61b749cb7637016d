#include "inflate.h"

#include <bit>
#include <cstring>

#include "bytes.h"
#include "match.h"

namespace floodlight {
namespace {

static_assert(std::endian::native == std::endian::little);

// What a turn of the fast loop may read (two refills) and write (four literals, a match and what is
// written behind it).
constexpr int32_t kLongestMatch = 258;
constexpr int32_t kInputMargin = 16;
constexpr int32_t kOutputMargin = 4 + kLongestMatch + kOverrun;

// The input as bits, the first in the lowest place. Past its end it goes on with zeros, and
// `ended_early` tells once one of them was used.
struct BitReader {
  const uint8_t* next;
  const uint8_t* end;
  uint64_t bits = 0;
  int32_t count = 0;    // bits of `bits` taken from `next`; those above are 0 or as they will be
  int32_t made_up = 0;  // bytes of zeros that were taken behind the end

  // At least 56 bits; reads 8 bytes at `next`.
  void refill_fast() {
    bits |= load<uint64_t>(next) << count;
    next += (63 - count) >> 3;
    count |= 56;
  }

  // At least 56 bits.
  void refill() {
    for (; count < 56; count += 8) {
      if (next < end) {
        bits |= uint64_t{*next++} << count;
      } else {
        made_up++;
      }
    }
  }

  void drop(uint64_t number) {
    bits >>= number;
    count -= int32_t(number);
  }

  uint32_t take(uint32_t number) {
    const uint32_t value = uint32_t(bits) & ((1u << number) - 1);
    drop(number);
    return value;
  }

  // Takes codeword and extra bits of a length or distance.
  uint32_t take_value(Entry entry) {
    const uint64_t all = entry_bits(entry);
    const uint64_t extra = (bits & ((uint64_t{1} << all) - 1)) >> entry_codeword_bits(entry);
    drop(all);
    return entry_value(entry) + uint32_t(extra);
  }

  bool ended_early() const { return count < made_up * 8; }

  // Puts whole bytes back and drops the rest of the last one: `next` is the first byte that was not
  // used.
  void align_to_byte() {
    next -= count / 8 - made_up;
    bits = 0;
    count = made_up = 0;
  }
};

uint32_t low_bits(uint64_t bits, uint32_t number) {
  return uint32_t(bits) & ((1u << number) - 1);
}

bool is_end_of_block(Entry entry) { return (entry & kEndOfBlock) == kEndOfBlock; }

// For an entry that refers to a second table, drops the root's bits and returns that table's entry.
Entry second_entry(BitReader& input, const uint32_t* table, Entry entry) {
  if ((entry & kSubtable) != kSubtable) return entry;
  input.drop(entry_bits(entry));
  return table[entry_value(entry) + low_bits(input.bits, entry_codeword_bits(entry))];
}

Entry look_up(BitReader& input, const uint32_t* table, uint32_t root_bits) {
  return second_entry(input, table, table[low_bits(input.bits, root_bits)]);
}

int32_t stored_block(BitReader& input, Output& output) {
  input.align_to_byte();
  if (input.end - input.next < 4) return kTruncated;
  const int32_t bytes = input.next[0] | input.next[1] << 8;
  if ((bytes ^ (input.next[2] | input.next[3] << 8)) != 0xffff) return kCorrupt;
  input.next += 4;
  if (input.end - input.next < bytes) return kTruncated;
  if (output.room() < uint32_t(bytes)) return kTooLarge;
  memcpy(output.at, input.next, size_t(bytes));
  input.next += bytes;
  output.at += bytes;
  return 0;
}

// Reads the codes of a dynamic block (RFC 1951, section 3.2.7).
int32_t read_codes(BitReader& input, InflateTables& tables) {
  static constexpr uint8_t kOrder[kLengthCodeSymbols] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
  const uint32_t literals = 257 + input.take(5);
  const uint32_t distances = 1 + input.take(5);
  const uint32_t length_codes = 4 + input.take(4);
  if (literals > 286 || distances > 30) return kCorrupt;
  uint8_t code_lengths[kLengthCodeSymbols] = {};
  for (uint32_t i = 0; i < length_codes; i++) {
    input.refill();
    code_lengths[kOrder[i]] = uint8_t(input.take(3));
  }
  uint32_t table[1 << kLengthCodeBits];
  const uint32_t table_bits = build_length_code(code_lengths, table);
  if (table_bits == 0) return kCorrupt;

  uint8_t lengths[286 + 30];
  const uint32_t total = literals + distances;
  for (uint32_t i = 0; i < total;) {
    input.refill();
    const Entry entry = table[low_bits(input.bits, table_bits)];
    const uint32_t symbol = entry_value(entry);
    input.drop(entry_bits(entry));
    if (symbol < 16) {
      lengths[i++] = uint8_t(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) return kCorrupt;
    const uint8_t repeated = symbol == 16 ? lengths[i - 1] : 0;
    const uint32_t times = symbol == 16   ? 3 + input.take(2)
                           : symbol == 17 ? 3 + input.take(3)
                                          : 11 + input.take(7);
    if (times > total - i) return kCorrupt;
    memset(lengths + i, repeated, times);
    i += times;
  }
  constexpr int32_t kEndOfBlockSymbol = 256;
  if (lengths[kEndOfBlockSymbol] == 0) return kCorrupt;
  return build_tables(tables, lengths, literals, lengths + literals, distances) ? 0 : kCorrupt;
}

// What decoding symbols ends with, unless with a Status.
constexpr int32_t kNearAnEnd = 0;
constexpr int32_t kBlockDone = 1;

// Decodes symbols as long as neither the input nor the room for the output may end within a turn.
// Kept apart from its caller, because V8 then allots registers better.
[[gnu::noinline]] int32_t coded_block_fast(BitReader& shared_input, Output& output,
                                           const InflateTables& tables) {
  BitReader input = shared_input;
  uint8_t* out = output.at;
  const uint32_t literal_bits = tables.literal_bits, distance_bits = tables.distance_bits;
  int32_t state = kNearAnEnd;
  while (input.end - input.next >= kInputMargin && output.end - out >= kOutputMargin) {
    input.refill_fast();
    Entry entry = tables.literal[low_bits(input.bits, literal_bits)];
    // Three codewords of the root table take 33 bits: 23 are left, enough for a literal or length.
    for (int32_t literals = 0; literals < 3 && (entry & kLiteral); literals++) {
      input.drop(entry_bits(entry));
      *out++ = uint8_t(entry_value(entry));
      entry = tables.literal[low_bits(input.bits, literal_bits)];
    }
    if (entry & kExceptional) {
      entry = second_entry(input, tables.literal, entry);
      if (entry & kExceptional) {
        state = is_end_of_block(entry) ? kBlockDone : kCorrupt;
        input.drop(entry_bits(entry));
        break;
      }
    }
    if (entry & kLiteral) {
      input.drop(entry_bits(entry));
      *out++ = uint8_t(entry_value(entry));
      continue;
    }
    const uint32_t length = input.take_value(entry);
    input.refill_fast();
    entry = look_up(input, tables.distance, distance_bits);
    const uint32_t distance = input.take_value(entry);
    if ((entry & kExceptional) || distance > size_t(out - output.begin)) {
      state = kCorrupt;
      break;
    }
    if (distance < 16) {
      copy_period(out, out + length, distance);
    } else {
      copy_sixteens(out, out + length, out - distance);
    }
    out += length;
  }
  shared_input = input;
  output.at = out;
  return state;
}

// Decodes the symbols of a block: kBlockDone or a Status.
int32_t coded_block(BitReader& input, Output& output, const InflateTables& tables) {
  for (;;) {
    const int32_t state = coded_block_fast(input, output, tables);
    if (state != kNearAnEnd) return state;
    input.refill();
    const Entry entry = look_up(input, tables.literal, tables.literal_bits);
    if (entry & kLiteral) {
      input.drop(entry_bits(entry));
      if (input.ended_early()) return kTruncated;
      if (output.at == output.end) return kTooLarge;
      *output.at++ = uint8_t(entry_value(entry));
      continue;
    }
    if (entry & kExceptional) {
      input.drop(entry_bits(entry));
      return is_end_of_block(entry) ? kBlockDone : kCorrupt;
    }
    const uint32_t length = input.take_value(entry);
    input.refill();
    const Entry distance_entry = look_up(input, tables.distance, tables.distance_bits);
    const uint32_t distance = input.take_value(distance_entry);
    if (input.ended_early()) return kTruncated;
    if (distance_entry & kExceptional) return kCorrupt;
    if (length > output.room()) return kTooLarge;
    if (!append_match(output, distance, length)) return kCorrupt;
  }
}

int32_t block(BitReader& input, Output& output, InflateTables& tables, uint32_t type) {
  if (type == 0) return stored_block(input, output);
  if (type == 3) return kCorrupt;
  if (type == 1) {
    build_fixed_tables(tables);
  } else if (const int32_t status = read_codes(input, tables); status < 0) {
    return status;
  }
  return coded_block(input, output, tables);
}

}  // namespace

int32_t inflate_raw(const uint8_t* src, int32_t src_bytes, uint8_t* dst, int32_t dst_capacity,
                    uint8_t* scratch, int32_t scratch_bytes, int32_t* used_bytes) {
  if (src_bytes < 0 || dst_capacity < 0 || scratch_bytes < kInflateScratch) return kArgument;
  if (reinterpret_cast<uintptr_t>(scratch) % alignof(InflateTables) != 0) return kArgument;
  auto& tables = *reinterpret_cast<InflateTables*>(scratch);
  tables.are_fixed = false;
  BitReader input{src, src + src_bytes};
  Output output{dst, dst, dst + dst_capacity};
  for (bool last = false; !last;) {
    input.refill();
    last = input.take(1) != 0;
    const uint32_t type = input.take(2);
    if (input.ended_early()) return kTruncated;
    const int32_t state = block(input, output, tables, type);
    if (input.ended_early()) return kTruncated;
    if (state < 0) return state;
  }
  input.align_to_byte();
  *used_bytes = int32_t(input.next - src);
  return output.size();
}

}  // namespace floodlight
