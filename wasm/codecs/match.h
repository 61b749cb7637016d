// Matches and literals of byte-wise Lempel-Ziv formats, with the checks that hostile input calls
// for.
#pragma once

#include "../common/abi.h"
#include "match_copy.h"

namespace floodlight {

// Where a decoder writes: from `begin` up to `end`, next at `at`.
struct Output {
  uint8_t* const begin;
  uint8_t* at;
  uint8_t* const end;

  uint32_t room() const { return static_cast<uint32_t>(end - at); }
  int32_t size() const { return static_cast<int32_t>(at - begin); }
};

// Appends bytes of the input, where `readable` of them lie; `length` must be within that and the
// room.
inline void append_literals(Output& output, const uint8_t* from, uint32_t length,
                            uint32_t readable) {
  const uint32_t most = readable < output.room() ? readable : output.room();
  if (most - length >= kOverrun) {
    copy_sixteens(output.at, output.at + length, from);
  } else {
    __builtin_memcpy(output.at, from, length);
  }
  output.at += length;
}

// Appends what lies `distance` bytes before, `length` bytes of it, which may overlap. Returns false
// when the distance reaches before the beginning; `length` must be within the room.
inline bool append_match(Output& output, uint32_t distance, uint32_t length) {
  if (distance == 0 || distance > static_cast<uint32_t>(output.size())) return false;
  uint8_t* const end = output.at + length;
  const uint32_t room = output.room();
  if (room > kOverrun) {
    // The last bytes of the output one by one, behind what may run over.
    uint8_t* const fast_end = room - length < kOverrun ? output.end - kOverrun : end;
    if (distance < 16) {
      copy_period(output.at, fast_end, distance);
    } else {
      copy_sixteens(output.at, fast_end, output.at - distance);
    }
    output.at = fast_end;
  }
  for (; output.at < end; output.at++) *output.at = *(output.at - distance);
  return true;
}

}  // namespace floodlight
