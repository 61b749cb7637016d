// The forest of runs before they are joined, and after.
#include "components_forest.h"

namespace floodlight {

// Adds `runs` runs to the forest, `parents` on, each a root. Returns 0.
FLOODLIGHT_EXPORT(components_add)
int32_t components_add(uint32_t* parents, uint32_t runs) {
  for (uint32_t run = 0; run < runs; run++) parents[run] = kRoot;
  return 0;
}

// Puts in place of each run's parent the id of its component: 1, 2, … in raster order of their
// first voxels, 0 for background. Returns how many components there are.
FLOODLIGHT_EXPORT(components_number)
uint32_t components_number(uint32_t* parents, uint32_t runs) {
  uint32_t components = 0;
  for (uint32_t run = 0; run < runs; run++) {
    const uint32_t parent = parents[run];
    if (parent == kRoot) {
      parents[run] = ++components;
    } else {
      // A parent comes before its children: it has its id.
      parents[run] = parent == kBackground ? 0 : parents[parent];
    }
  }
  return components;
}

}  // namespace floodlight
