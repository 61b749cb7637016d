// Damage to encoded bytes, as src/codecs/testing/mutate.ts does it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace floodlight {

using Bytes = std::vector<uint8_t>;

// Equal numbers on each run: xorshift32.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed) {}

  // 0 to `limit` - 1.
  uint32_t below(size_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % uint32_t(limit);
  }

  template <typename T>
  const T& pick(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  void fill(Bytes& bytes) {
    for (uint8_t& byte : bytes) byte = uint8_t(below(256));
  }

 private:
  uint32_t state_;
};

// Anywhere, but every other time among the first 40 bytes, where headers and tables are.
inline size_t place(size_t bytes, Random& random) {
  return random.below(random.below(2) == 0 ? std::min<size_t>(bytes, 40) : bytes);
}

// One damage, perhaps by the help of `other`; neither is empty.
inline void damage(Bytes& bytes, const Bytes& other, Random& random) {
  static const std::vector<uint32_t> kExtremes = {0,          0xffffffff, 1,      0x7fffffff,
                                                  0x80000000, 0x7ffffff0, 0x10000};
  switch (random.below(10)) {
    case 0:
    case 1:
      for (uint32_t flips = 1 + random.below(8); flips > 0; flips--) {
        bytes[place(bytes.size(), random)] ^= uint8_t(1 << random.below(8));
      }
      break;
    case 2:
    case 3:
      for (uint32_t sets = 1 + random.below(4); sets > 0; sets--) {
        bytes[place(bytes.size(), random)] = uint8_t(random.below(256));
      }
      break;
    case 4:
    case 5: {
      const uint32_t extreme = random.pick(kExtremes);
      const size_t at = place(bytes.size(), random);
      for (size_t i = 0; i < 4 && at + i < bytes.size(); i++) bytes[at + i] = extreme >> (8 * i);
      break;
    }
    case 6:
      bytes.resize(random.below(bytes.size()));
      break;
    case 7: {
      const Bytes more = random.below(2) == 0 ? other : bytes;
      bytes.insert(bytes.end(), more.begin(), more.begin() + 1 + random.below(more.size()));
      break;
    }
    case 8: {
      const size_t at = place(bytes.size(), random);
      const size_t from = random.below(2) == 0 ? at : random.below(other.size());
      bytes.resize(at);
      bytes.insert(bytes.end(), other.begin() + long(std::min(from, other.size())), other.end());
      break;
    }
    default:
      bytes = other;
  }
}

// One to three damages to a copy of `bytes`; now and then nothing is left.
inline Bytes mutate(Bytes bytes, const Bytes& other, Random& random) {
  for (uint32_t times = 1 + random.below(3); times > 0 && !bytes.empty(); times--) {
    damage(bytes, other, random);
  }
  return bytes;
}

}  // namespace floodlight
