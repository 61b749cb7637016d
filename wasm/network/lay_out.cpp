// Where a network's parts lie in memory.
#include "network.h"

namespace floodlight {
namespace {

// Blocks one after the other, a line of the processor's caches apart at least.
class Blocks {
 public:
  explicit Blocks(char* memory) : memory_(memory) {}

  template <typename Item>
  Item* take(int64_t count) {
    constexpr int64_t kLine = 64;
    char* block = memory_ ? memory_ + used_ : nullptr;
    used_ += (count * int64_t{sizeof(Item)} + kLine - 1) / kLine * kLine;
    return reinterpret_cast<Item*>(block);
  }

  int64_t used() const { return used_; }

 private:
  char* memory_;
  int64_t used_ = 0;
};

Stack take_stack(Blocks& blocks, const Field& field, int32_t channels) {
  return {blocks.take<float>(field.held() * padded(channels)), padded(channels)};
}

}  // namespace

int64_t lay_out(const Shape& shape, char* memory) {
  const auto& [field, features, depth, batch, threads] = shape;
  Blocks blocks(memory);
  auto* placed = blocks.take<Network>(1);
  Network network = {};
  network.shape = shape;
  network.image = blocks.take<float>(batch * field.voxels());
  network.logits = blocks.take<float>(batch * field.voxels());
  network.staging = blocks.take<float>((kTaps * kTaps * kTaps * int64_t{features} + 1) *
                                       (features < 2 ? 2 : features));
  network.input = take_stack(blocks, field, 2);
  network.stream = take_stack(blocks, field, features);
  network.inner = take_stack(blocks, field, features);
  network.scratch_floats = scratch_floats(field, padded(features));
  network.scratch = blocks.take<float>(threads * network.scratch_floats);
  network.convolutions = blocks.take<Convolution>(2 * depth);
  for (int32_t layer = 0; layer < 2 * depth; layer++) {
    const bool is_first = layer == 0;
    const bool is_inner = layer % 2 == 0;
    const Stack& from = is_first ? network.input : is_inner ? network.stream : network.inner;
    const Stack& to = is_inner ? network.inner : network.stream;
    const Convolution convolution = {
        kTaps,
        blocks.take<float>(int64_t{kProducts} * from.channels * to.channels),
        blocks.take<float>(to.channels),
        from,
        to,
        /*relu_before=*/is_inner && !is_first,
        /*relu_after=*/is_inner,
        /*adds=*/!is_inner && layer > 1,
    };
    if (memory) network.convolutions[layer] = convolution;
  }
  network.last_weights = blocks.take<float>(padded(features));
  network.progress = blocks.take<Progress>(int64_t{batch} * shape.steps());
  if (memory) *placed = network;
  return blocks.used();
}

}  // namespace floodlight
