// The disjoint-set forest of runs. Threads join runs in it at the same time, without locks.
#pragma once

#include "components.h"

namespace floodlight {

inline uint32_t parent_of(const uint32_t* parents, uint32_t run) {
  return __atomic_load_n(&parents[run], __ATOMIC_RELAXED);
}

// The root of a run's tree. Shortens the path by halves: whatever other threads do meanwhile, what
// is written is an ancestor, because a run that is no root never is one again.
inline uint32_t root_of(uint32_t* parents, uint32_t run) {
  for (uint32_t parent = parent_of(parents, run); parent != kRoot;
       parent = parent_of(parents, run)) {
    const uint32_t grandparent = parent_of(parents, parent);
    if (grandparent == kRoot) return parent;
    __atomic_store_n(&parents[run], grandparent, __ATOMIC_RELAXED);
    run = grandparent;
  }
  return run;
}

// Joins the trees of two runs under the smaller root.
inline void join(uint32_t* parents, uint32_t a, uint32_t b) {
  while (true) {
    a = root_of(parents, a);
    b = root_of(parents, b);
    if (a == b) return;
    const uint32_t child = a < b ? b : a;
    const uint32_t parent = a < b ? a : b;
    uint32_t root = kRoot;
    const bool is_joined = __atomic_compare_exchange_n(&parents[child], &root, parent, false,
                                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    if (is_joined) return;
  }
}

}  // namespace floodlight
