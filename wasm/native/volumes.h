// Connected components, flood fill, filters and networks on random volumes.
#pragma once

#include <cstdint>

#include "mutate.h"

namespace floodlight {

// Ends the program where components or a fill are not those of the plain way.
void segment_volumes(Random& random, int32_t rounds);

// Nothing but the bounds is checked.
void filter_volumes(Random& random, int32_t rounds);

// Ends the program where a network's logits are not those of the plain way.
void network_volumes(Random& random, int32_t rounds);

}  // namespace floodlight
