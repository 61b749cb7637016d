// How threads share the units of a step, and wait for one another.
#pragma once

#include "network.h"

namespace floodlight {

// The next unit that nobody has begun; `units` or more where there is none.
inline int32_t begin_unit(Progress& progress) {
  return __atomic_fetch_add(&progress.begun, 1, __ATOMIC_RELAXED);
}

// Ends a unit; threads that wait for the last one go on.
inline void end_unit(Progress& progress, int32_t units) {
  const int32_t done = __atomic_add_fetch(&progress.done, 1, __ATOMIC_ACQ_REL);
#ifdef __wasm_atomics__
  if (done == units) __builtin_wasm_memory_atomic_notify(&progress.done, 0xffffffff);
#else
  (void)done, (void)units;
#endif
}

// Returns once all units are done, which other threads see to.
inline void await_units(Progress& progress, int32_t units) {
  for (;;) {
    const int32_t done = __atomic_load_n(&progress.done, __ATOMIC_ACQUIRE);
    if (done >= units) return;
#ifdef __wasm_atomics__
    __builtin_wasm_memory_atomic_wait32(&progress.done, done, -1);
#endif
  }
}

// Makes a step look done, so that nobody begins another unit of it or waits for it.
inline void cut_short(Progress& progress) {
  constexpr int32_t kAll = 1 << 30;
  __atomic_store_n(&progress.begun, kAll, __ATOMIC_RELAXED);
  __atomic_store_n(&progress.done, kAll, __ATOMIC_RELEASE);
#ifdef __wasm_atomics__
  __builtin_wasm_memory_atomic_notify(&progress.done, 0xffffffff);
#endif
}

}  // namespace floodlight
