// Connected components, flood fill and filters on random volumes.
#pragma once

#include <cstdint>

#include "mutate.h"

namespace floodlight {

// Ends the program where components or a fill are not those of the plain way.
void segment_volumes(Random& random, int32_t rounds);

// Nothing but the bounds is checked.
void filter_volumes(Random& random, int32_t rounds);

}  // namespace floodlight
