// The disjoint-set forest of runs. Threads join runs in it at the same time, without locks.
#pragma once

#include "components.h"

namespace floodlight {

// WebAssembly has no relaxed atomics: its atomic stores are full barriers, a tenth of the time here.
// A plain access to an aligned word is whole as well, and one that comes late does no harm: an older
// parent is an ancestor too, and only the exchange in `join`, which is atomic, takes a root's place.
inline uint32_t parent_of(const uint32_t* parents, uint32_t run) {
  return *const_cast<const volatile uint32_t*>(&parents[run]);
}

inline void set_parent(uint32_t* parents, uint32_t run, uint32_t parent) {
  *const_cast<volatile uint32_t*>(&parents[run]) = parent;
}

// The root of a run's tree. Shortens the path by halves: whatever other threads do meanwhile, what
// is written is an ancestor, because a run that is no root never is one again.
inline uint32_t root_of(uint32_t* parents, uint32_t run) {
  for (uint32_t parent = parent_of(parents, run); parent != kRoot;
       parent = parent_of(parents, run)) {
    const uint32_t grandparent = parent_of(parents, parent);
    if (grandparent == kRoot) return parent;
    set_parent(parents, run, grandparent);
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
