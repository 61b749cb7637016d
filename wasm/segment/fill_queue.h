// The bricks that a flood fill has yet to visit, shared by threads: two bits a brick, so that
// memory is bounded, a brick is in it once at most, and one thread at a time visits it. No locks;
// threads that find nothing sleep.
#pragma once

#include <cstdint>

namespace floodlight {

class FillQueue {
 public:
  // Memory for `capacity` bricks, in bytes; `words` of `begin` has that size.
  static uint32_t bytes_for(uint32_t capacity) { return 2 * words_for(capacity) * 8; }

  void begin(uint64_t* words, uint32_t capacity) {
    word_count_ = words_for(capacity);
    queued_ = words;
    running_ = words + word_count_;
    __builtin_memset(words, 0, bytes_for(capacity));
    pending_ = epoch_ = sleepers_ = 0;
  }

  // How many bricks are queued or being visited.
  uint32_t pending() const { return __atomic_load_n(&pending_, __ATOMIC_ACQUIRE); }

  // Counts up whenever there may be something new to take.
  uint32_t epoch() const { return __atomic_load_n(&epoch_, __ATOMIC_ACQUIRE); }

  // Queues a brick, unless it is. What the caller wrote before is seen by whoever takes it.
  void add(uint32_t slot) {
    // Counted first: nobody may find nothing pending in between.
    __atomic_fetch_add(&pending_, 1, __ATOMIC_ACQ_REL);
    if (set(queued_, slot)) __atomic_fetch_sub(&pending_, 1, __ATOMIC_ACQ_REL);
  }

  // Takes a brick that nobody visits, looking from `cursor` on, which moves with it: its slot, or
  // -1. The caller visits it and then calls `release`.
  int32_t take(uint32_t& cursor) {
    for (uint32_t i = 0; i <= word_count_; i++) {
      const uint32_t word = (cursor / 64 + i) % word_count_;
      uint64_t bits = __atomic_load_n(queued_ + word, __ATOMIC_ACQUIRE) &
                      ~__atomic_load_n(running_ + word, __ATOMIC_ACQUIRE);
      if (i == 0) bits &= ~0ull << (cursor % 64);
      for (; bits != 0; bits &= bits - 1) {
        const uint32_t slot = word * 64 + uint32_t(__builtin_ctzll(bits));
        if (!try_take(slot)) continue;
        cursor = slot;
        return int32_t(slot);
      }
    }
    return -1;
  }

  void release(uint32_t slot) {
    clear(running_, slot);
    __atomic_fetch_sub(&pending_, 1, __ATOMIC_ACQ_REL);
    __atomic_fetch_add(&epoch_, 1, __ATOMIC_ACQ_REL);
    wake();
  }

  // Sleeps until the epoch is no longer `epoch`, or a millisecond at most.
  void sleep(uint32_t epoch) {
#ifdef __wasm_atomics__
    __atomic_fetch_add(&sleepers_, 1, __ATOMIC_ACQ_REL);
    __builtin_wasm_memory_atomic_wait32(reinterpret_cast<int32_t*>(&epoch_), int32_t(epoch),
                                        kMillisecond);
    __atomic_fetch_sub(&sleepers_, 1, __ATOMIC_ACQ_REL);
#else
    (void)epoch;
#endif
  }

 private:
  static constexpr int64_t kMillisecond = 1000000;  // in nanoseconds

  static uint32_t words_for(uint32_t capacity) { return (capacity + 63) / 64; }

  static bool set(uint64_t* words, uint32_t slot) {
    const uint64_t bit = 1ull << (slot % 64);
    return (__atomic_fetch_or(words + slot / 64, bit, __ATOMIC_ACQ_REL) & bit) != 0;
  }

  static bool clear(uint64_t* words, uint32_t slot) {
    const uint64_t bit = 1ull << (slot % 64);
    return (__atomic_fetch_and(words + slot / 64, ~bit, __ATOMIC_ACQ_REL) & bit) != 0;
  }

  bool try_take(uint32_t slot) {
    if (!clear(queued_, slot)) return false;
    if (!set(running_, slot)) return true;
    // Somebody visits it: back into the queue, where somebody may have put it again meanwhile.
    if (set(queued_, slot)) __atomic_fetch_sub(&pending_, 1, __ATOMIC_ACQ_REL);
    return false;
  }

  void wake() {
#ifdef __wasm_atomics__
    if (__atomic_load_n(&sleepers_, __ATOMIC_ACQUIRE) != 0)
      __builtin_wasm_memory_atomic_notify(reinterpret_cast<int32_t*>(&epoch_), ~0u);
#endif
  }

  uint64_t* queued_;
  uint64_t* running_;
  uint32_t word_count_;
  uint32_t pending_;
  uint32_t epoch_;
  uint32_t sleepers_;
};

}  // namespace floodlight
