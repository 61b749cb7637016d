// Encoders and the steps between codecs on random sizes: they must give back what they got, and
// stay in bounds.
#include "round_trips.h"

#include "../common/abi.h"
#include "decoders.h"

namespace floodlight {
namespace {

// Noise or runs, up to some thousand bytes.
Bytes random_bytes(Random& random, size_t bytes) {
  Bytes result(bytes);
  random.fill(result);
  const size_t run = 1 + random.below(64);
  for (size_t i = 0; i < bytes; i++) result[i] = result[i / run * run] & uint8_t(run > 8 ? 3 : 255);
  return result;
}

void expect_decodes(const std::string& codec, const Block& encoded, int32_t result,
                    const Bytes& wanted) {
  expect(result >= 0 && result <= encoded.bytes(), codec + " does not encode");
  const Decoded decoded = decode(codec, encoded.first(result), int32_t(wanted.size()));
  expect(decoded.bytes == wanted, codec + " does not decode what it encodes");
}

void zstd_round_trip(Random& random, const Bytes& bytes) {
  const int32_t level = 1 + int32_t(random.below(22)), size = int32_t(bytes.size());
  const Block src(bytes), dst(zstd_encode_bound(size)), scratch(zstd_encode_scratch(level, size));
  const int32_t result = zstd_encode(src.data(), size, dst.data(), dst.bytes(), level,
                                     int32_t(random.below(2)), scratch.data(), scratch.bytes());
  expect_decodes("zstd", dst, result, bytes);
}

void blosc_round_trip(Random& random, const Bytes& bytes) {
  const int32_t level = 1 + int32_t(random.below(9)), size = int32_t(bytes.size());
  const int32_t typesize = 1 + int32_t(random.below(20)), shuffle = int32_t(random.below(3));
  const Block src(bytes), dst(blosc_encode_bound(size));
  const Block scratch(blosc_encode_scratch(size, typesize, level));
  const int32_t result = blosc_encode(src.data(), size, dst.data(), dst.bytes(), typesize, shuffle,
                                      level, scratch.data(), scratch.bytes());
  expect_decodes("blosc", dst, result, bytes);
}

void crc32c_round_trip(const Bytes& bytes) {
  const Block data(int32_t(bytes.size()) + 4);
  std::copy(bytes.begin(), bytes.end(), data.data());
  expect_decodes("crc32c", data, crc32c_append(data.data(), int32_t(bytes.size())), bytes);
}

void swap_twice(Random& random, const Bytes& bytes) {
  const int32_t element_bytes = 2 << random.below(3);
  const Block data(Bytes(bytes.begin(), bytes.end() - long(bytes.size() % size_t(element_bytes))));
  const Bytes before = data.first(data.bytes());
  for (int32_t times = 0; times < 2; times++) swap_bytes(data.data(), data.bytes(), element_bytes);
  expect(data.first(data.bytes()) == before, "swap_bytes twice is not nothing");
}

void shuffle_back(Random& random, const Bytes& bytes) {
  const int32_t element_bytes = 1 + int32_t(random.below(20));
  const Block src(bytes), there(src.bytes()), back(src.bytes());
  shuffle_bytes(src.data(), there.data(), src.bytes(), element_bytes);
  unshuffle_bytes(there.data(), back.data(), src.bytes(), element_bytes);
  expect(back.first(back.bytes()) == bytes, "unshuffle_bytes does not undo shuffle_bytes");
}

void delta_back(Random& random, const Bytes& bytes) {
  const int32_t element_bytes = 1 << random.below(4);
  const int32_t count = int32_t(bytes.size()) / element_bytes;
  const Block data(Bytes(bytes.begin(), bytes.begin() + count * element_bytes));
  const Bytes before = data.first(data.bytes());
  delta_encode(data.data(), count, element_bytes);
  delta_decode(data.data(), count, element_bytes);
  expect(data.first(data.bytes()) == before, "delta_decode does not undo delta_encode");
}

// Of steps with floats nothing but the bounds is checked.
void run_float_steps(Random& random, const Bytes& bytes) {
  static constexpr int32_t kKindBytes[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
  const Block src(bytes);
  const int32_t float_bytes = 4 << random.below(2), floats = src.bytes() / float_bytes;
  const Block deltas(src.first(floats * float_bytes));
  delta_decode(deltas.data(), floats, -float_bytes);

  const int32_t from = int32_t(random.below(10)), to = int32_t(random.below(10));
  const int32_t count = src.bytes() / kKindBytes[from];
  const Block stored(src.first(count * kKindBytes[from])), scaled(count * kKindBytes[to]);
  const double scale = 0.5 + random.below(9);
  fixed_scale_offset_decode(stored.data(), from, scaled.data(), to, count, scale, -3);
}

void transpose_back(Random& random) {
  const int32_t rank = 1 + int32_t(random.below(5)), element_bytes = 1 << random.below(4);
  std::vector<int32_t> shape, axes, shape_there, axes_back(static_cast<size_t>(rank));
  int32_t bytes = element_bytes;
  for (int32_t axis = 0; axis < rank; axis++) {
    shape.push_back(1 + int32_t(random.below(rank < 4 ? 20 : 6)));
    bytes *= shape.back();
    axes.insert(axes.begin() + long(random.below(axes.size() + 1)), axis);
  }
  for (size_t axis = 0; axis < axes.size(); axis++) {
    shape_there.push_back(shape[size_t(axes[axis])]);
    axes_back[size_t(axes[axis])] = int32_t(axis);
  }
  Bytes original(static_cast<size_t>(bytes));
  random.fill(original);
  const Block src(original), there(bytes), back(bytes);
  transpose(src.data(), there.data(), element_bytes, rank, shape.data(), axes.data());
  transpose(there.data(), back.data(), element_bytes, rank, shape_there.data(), axes_back.data());
  expect(back.first(bytes) == original, "transpose there and back is not nothing");
}

}  // namespace

void round_trips(Random& random, int32_t rounds) {
  for (int32_t round = 0; round < rounds; round++) {
    const Bytes bytes = random_bytes(random, random.below(round % 8 == 0 ? 70000 : 2000));
    zstd_round_trip(random, bytes);
    blosc_round_trip(random, bytes);
    crc32c_round_trip(bytes);
    swap_twice(random, bytes);
    shuffle_back(random, bytes);
    delta_back(random, bytes);
    run_float_steps(random, bytes);
    transpose_back(random);
  }
}

}  // namespace floodlight
