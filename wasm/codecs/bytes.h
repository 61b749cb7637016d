// Little-endian numbers at any address.
#pragma once

#include <cstdint>

namespace floodlight {

template <typename Number>
Number load(const void* from) {
  Number number;
  __builtin_memcpy(&number, from, sizeof number);
  return number;
}

template <typename Number>
void store(void* to, Number number) {
  __builtin_memcpy(to, &number, sizeof number);
}

}  // namespace floodlight
