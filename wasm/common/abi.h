// What crosses between JavaScript and the modules: plain functions over memory that the caller owns.
#pragma once

#include <cstddef>
#include <cstdint>

// Exported from the module under its own name; under a native compiler, a C function.
#ifdef __wasm__
#define FLOODLIGHT_EXPORT(name) extern "C" __attribute__((export_name(#name), used))
#else
#define FLOODLIGHT_EXPORT(name) extern "C"
#endif

namespace floodlight {

// Functions return a count (0 or more) or one of these; src/wasm/status.ts has the same numbers.
enum Status : int32_t {
  kTruncated = -1,    // the input ends too early
  kCorrupt = -2,      // the input contradicts itself
  kTooLarge = -3,     // the input claims or holds more than the caller has room for
  kUnsupported = -4,  // valid, but of a kind that is not built in
  kChecksum = -5,     // a checksum says that bytes were changed
  kArgument = -6,     // the caller asks for something impossible
};

}  // namespace floodlight
