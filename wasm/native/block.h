// Memory of exactly the bytes that a function is told of, so that the address sanitizer sees each
// one beyond.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "mutate.h"

namespace floodlight {

class Block {
 public:
  explicit Block(int32_t bytes) : bytes_(bytes), data_(new uint8_t[size_t(bytes)]) {}
  explicit Block(const Bytes& bytes) : Block(int32_t(bytes.size())) {
    std::copy(bytes.begin(), bytes.end(), data_.get());
  }

  int32_t bytes() const { return bytes_; }
  uint8_t* data() const { return data_.get(); }
  Bytes first(int32_t bytes) const { return Bytes(data(), data() + bytes); }

 private:
  int32_t bytes_;
  std::unique_ptr<uint8_t[]> data_;
};

}  // namespace floodlight
