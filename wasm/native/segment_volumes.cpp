// wasm/segment against the plain way, on random volumes of odd sizes.
#include <array>
#include <functional>

#include "../common/abi.h"
#include "block.h"
#include "fail.h"
#include "volumes.h"

extern "C" {
int32_t components_scan_labels(const void* slab, int32_t voxel_bytes, int32_t size_x, int32_t rows,
                               uint64_t* foreground, uint64_t* starts, uint32_t* before);
int32_t components_join(const void* voxels, int32_t voxel_bytes, int32_t planes, int32_t size_y,
                        int32_t size_x, int32_t connectivity, const uint64_t* foreground,
                        const uint64_t* starts, const uint32_t* before, uint32_t* parents,
                        uint32_t first, uint32_t first_before);
int32_t components_add(uint32_t* parents, uint32_t runs);
uint32_t components_number(uint32_t* parents, uint32_t runs);
int32_t components_write(const uint64_t* starts, const uint32_t* run_ids, int32_t size_x,
                         int32_t rows, uint32_t* ids);

uint32_t fill_context_bytes(uint32_t capacity);
uint32_t fill_brick_bytes();
int32_t fill_begin(void* context, void* bricks, uint32_t capacity, int32_t dtype,
                   int32_t connectivity, double low, double high, const int32_t* zyx);
int32_t fill_admit(void* context, uint32_t slot, int32_t z, int32_t y, int32_t x,
                   const uint32_t* links, const void* source, int32_t stride_z, int32_t stride_y);
int32_t fill_evict(void* context, uint32_t slot);
int32_t fill_restore(void* context, uint32_t slot, const uint32_t* words);
int32_t fill_read(void* context, uint32_t first, uint32_t end);
int32_t fill_queue(void* context, uint32_t slot);
int32_t fill_step(void* context, uint32_t thread, uint32_t most_visits);
uint32_t fill_pending(const void* context);
double fill_voxels(const void* context);
int32_t fill_bits(const void* context, uint32_t slot, uint32_t* words);
}

namespace floodlight {
namespace {

constexpr int32_t kEdge = 64;  // of a brick, in voxels
constexpr uint32_t kNoneBefore = 0xffffffff;  // no plane before a slab
constexpr uint32_t kNotResident = 0xffffffff, kOutside = 0xfffffffe;  // links of bricks

struct Place {
  int32_t z, y, x;

  // The neighbour by a link as in wasm/segment/fill_brick.h: (dz + 1) * 9 + (dy + 1) * 3 + dx + 1.
  Place next(int32_t link) const {
    return {z + link / 9 - 1, y + link / 3 % 3 - 1, x + link % 3 - 1};
  }
};

constexpr int32_t kLinks = 27;

// The shape of a volume in C order.
struct Shape {
  int32_t z, y, x;

  int32_t voxels() const { return z * y * x; }
  int32_t index(const Place& at) const { return (at.z * y + at.y) * x + at.x; }
  Place place(int32_t index) const { return {index / (y * x), index / x % y, index % x}; }
  bool has(const Place& at) const {
    return at.z >= 0 && at.y >= 0 && at.x >= 0 && at.z < z && at.y < y && at.x < x;
  }
};

int32_t random_size(Random& random, int32_t most) {
  return 1 + int32_t(random.below(size_t(most)));
}

int32_t random_connectivity(Random& random) { return random.pick<int32_t>({6, 18, 26}); }

// Values 0 to 3 in short runs, so that some touch and some do not.
std::vector<uint32_t> random_values(Random& random, const Shape& shape) {
  std::vector<uint32_t> values;
  for (int32_t i = 0; i < shape.voxels(); i++) {
    values.push_back(i > 0 && random.below(3) > 0 ? values.back() : random.below(4));
  }
  return values;
}

// Whether two voxels that are neighbours belong together, by their indices.
using Joins = std::function<bool(int32_t, int32_t)>;

// Marks a voxel and all that are connected to it; returns how many they are.
int32_t flood(const Shape& shape, int32_t seed, int32_t connectivity, const Joins& joins,
              uint32_t mark, std::vector<uint32_t>& marks) {
  const int32_t most_steps = connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3;
  std::vector<int32_t> stack{seed};
  marks[size_t(seed)] = mark;
  int32_t count = 0;
  for (; !stack.empty(); count++) {
    const int32_t from = stack.back();
    const Place at = shape.place(from);
    stack.pop_back();
    for (int32_t link = 0; link < kLinks; link++) {
      const Place next = at.next(link);
      const int32_t steps = abs(next.z - at.z) + abs(next.y - at.y) + abs(next.x - at.x);
      if (steps > most_steps || !shape.has(next)) continue;
      const int32_t to = shape.index(next);
      if (marks[size_t(to)] != 0 || !joins(from, to)) continue;
      marks[size_t(to)] = mark;
      stack.push_back(to);
    }
  }
  return count;
}

// A block of numbers.
template <typename T>
class Numbers {
 public:
  explicit Numbers(int32_t count) : block_(count * int32_t(sizeof(T))) {}
  T* data() const { return reinterpret_cast<T*>(block_.data()); }

 private:
  Block block_;
};

// The components of labels, in two slabs where there are two planes.
template <typename Voxel>
void check_components(Random& random) {
  const Shape shape{random_size(random, 5), random_size(random, 7), random_size(random, 200)};
  const int32_t connectivity = random_connectivity(random);
  const std::vector<uint32_t> values = random_values(random, shape);
  constexpr int32_t kReadBehind = 65;
  const Numbers<Voxel> voxels(shape.voxels() + kReadBehind);
  std::copy(values.begin(), values.end(), voxels.data());
  const int32_t plane_words = shape.y * ((shape.x + 63) / 64), words = shape.z * plane_words;
  const Numbers<uint64_t> foreground(words), starts(words);
  const Numbers<uint32_t> before(words), ids(shape.voxels());

  const std::array<int32_t, 3> planes{0, shape.z / 2, shape.z};
  std::array<int32_t, 3> runs{};
  for (size_t slab = 0; slab < 2; slab++) {
    const int32_t at = planes[slab] * plane_words, count = planes[slab + 1] - planes[slab];
    runs[slab + 1] = runs[slab];
    runs[slab + 1] += components_scan_labels(
        voxels.data() + shape.index({planes[slab], 0, 0}), sizeof(Voxel), shape.x, count * shape.y,
        foreground.data() + at, starts.data() + at, before.data() + at);
  }
  const Numbers<uint32_t> parents(runs[2]);
  components_add(parents.data(), uint32_t(runs[2]));
  for (size_t slab = 0; slab < 2; slab++) {
    const int32_t at = planes[slab] * plane_words, count = planes[slab + 1] - planes[slab];
    components_join(voxels.data() + shape.index({planes[slab], 0, 0}), sizeof(Voxel), count,
                    shape.y, shape.x, connectivity, foreground.data() + at, starts.data() + at,
                    before.data() + at, parents.data(), uint32_t(runs[slab]),
                    planes[slab] == 0 ? kNoneBefore : uint32_t(runs[slab - 1]));
  }
  const uint32_t found = components_number(parents.data(), uint32_t(runs[2]));
  components_write(starts.data(), parents.data(), shape.x, shape.z * shape.y, ids.data());

  std::vector<uint32_t> wanted(values.size());
  uint32_t components = 0;
  const Joins joins = [&](int32_t from, int32_t to) {
    return values[size_t(from)] == values[size_t(to)];
  };
  for (int32_t i = 0; i < shape.voxels(); i++) {
    if (values[size_t(i)] == 0 || wanted[size_t(i)] != 0) continue;
    flood(shape, i, connectivity, joins, ++components, wanted);
  }
  expect(found == components && std::equal(wanted.begin(), wanted.end(), ids.data()),
         "components are not those of the plain way");
}

// A brick's links when so many bricks are known, it or not.
std::array<uint32_t, kLinks> links_of(const Shape& grid, int32_t slot, int32_t known) {
  std::array<uint32_t, kLinks> links;
  for (int32_t link = 0; link < kLinks; link++) {
    const Place to = grid.place(slot).next(link);
    const int32_t other = grid.index(to);
    const bool is_known = other < known && other != slot;
    links[size_t(link)] = !grid.has(to) ? kOutside : is_known ? uint32_t(other) : kNotResident;
  }
  return links;
}

// A fill of bytes, whose bricks are read out of the whole volume.
void check_fill(Random& random) {
  const Shape shape{random_size(random, 70), random_size(random, 70), random_size(random, 150)};
  const Shape grid{(shape.z + 63) / kEdge, (shape.y + 63) / kEdge, (shape.x + 63) / kEdge};
  const std::vector<uint32_t> values = random_values(random, shape);
  const Block voxels(Bytes(values.begin(), values.end()));
  const int32_t seed = int32_t(random.below(values.size())), bricks = grid.voxels();
  const int32_t connectivity = random_connectivity(random);
  const uint32_t low = 1 + random.below(2), high = low + random.below(3);

  const Block context{int32_t(fill_context_bytes(uint32_t(bricks)))};
  const Block memory(int32_t(fill_brick_bytes()) * bricks);
  const Place at = shape.place(seed);
  const std::array<int32_t, 9> zyx{at.z, at.y, at.x, 0, 0, 0, shape.z, shape.y, shape.x};
  fill_begin(context.data(), memory.data(), uint32_t(bricks), 0, connectivity, low, high,
             zyx.data());
  const auto admit = [&](int32_t slot, int32_t known) {
    const auto [z, y, x] = grid.place(slot);
    const uint8_t* corner = voxels.data() + shape.index({z * kEdge, y * kEdge, x * kEdge});
    fill_admit(context.data(), uint32_t(slot), z, y, x, links_of(grid, slot, known).data(), corner,
               shape.y * shape.x, shape.x);
  };
  for (int32_t slot = 0; slot < bricks; slot++) admit(slot, slot);
  fill_read(context.data(), 0, uint32_t(bricks));
  fill_queue(context.data(), uint32_t(grid.index({at.z / kEdge, at.y / kEdge, at.x / kEdge})));
  while (fill_pending(context.data()) > 0) fill_step(context.data(), 0, 3);
  // Each brick goes and comes back as it was: nothing more is filled.
  const Numbers<uint32_t> bits(kEdge * kEdge * kEdge / 32);
  for (int32_t slot = 0; slot < bricks; slot++) {
    fill_bits(context.data(), uint32_t(slot), bits.data());
    fill_evict(context.data(), uint32_t(slot));
    admit(slot, bricks);
    fill_read(context.data(), uint32_t(slot), uint32_t(slot) + 1);
    fill_restore(context.data(), uint32_t(slot), bits.data());
    fill_queue(context.data(), uint32_t(slot));
    while (fill_pending(context.data()) > 0) fill_step(context.data(), 0, 3);
  }

  const Joins joins = [&](int32_t, int32_t to) {
    return values[size_t(to)] >= low && values[size_t(to)] <= high;
  };
  std::vector<uint32_t> marks(values.size());
  const int32_t wanted = joins(seed, seed) ? flood(shape, seed, connectivity, joins, 1, marks) : 0;
  expect(fill_voxels(context.data()) == wanted, "a fill is not that of the plain way");
}

}  // namespace

void segment_volumes(Random& random, int32_t rounds) {
  for (int32_t round = 0; round < rounds; round++) {
    check_components<uint8_t>(random);
    check_components<uint16_t>(random);
    check_components<uint32_t>(random);
    check_components<uint64_t>(random);
    if (round % 4 == 0) check_fill(random);
  }
}

}  // namespace floodlight
