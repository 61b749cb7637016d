// A flood-filling network in memory: weights, activations, and how far a call has come.
#pragma once

#include "tiles.h"

namespace floodlight {

// What a network is made for.
struct Shape {
  Field field;
  int32_t features;
  int32_t depth;    // pairs of convolutions of 3³ or 1³ taps
  int32_t batch;    // fields of view in one call at most
  int32_t threads;  // that may work on it

  // The steps of a field of view: its image and seed in, the convolutions, the logits out.
  int32_t steps() const { return 2 * depth + 2; }
};

// How far a step of a field of view has come, in units; threads share it.
struct Progress {
  int32_t begun;
  int32_t done;
};

struct Network {
  Shape shape;
  float* image;   // (field of view, z, y, x)
  float* logits;  // as `image`; the seed's, until the step that adds to them
  float* staging;  // a layer's weights and biases, as they came
  Stack input;     // image and seed
  Stack stream;
  Stack inner;
  float* scratch;
  int64_t scratch_floats;
  Convolution* convolutions;
  const float* last_weights;
  float last_bias;
  Progress* progress;  // (field of view, step)
  int32_t fields;      // of view in this call
};

// Lays a network out from `memory` on; nowhere, where that is null. Returns the bytes it takes.
int64_t lay_out(const Shape& shape, char* memory);

}  // namespace floodlight
