// Encoders and the steps between codecs, checked on random bytes and sizes.
#pragma once

#include <cstdint>

#include "mutate.h"

namespace floodlight {

// Ends the program at the first that does not give back what it got.
void round_trips(Random& random, int32_t rounds);

}  // namespace floodlight
