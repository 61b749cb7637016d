// Shared by the stages of the flood fill. One bit a voxel: a brick of 64³ has 8 sub-bricks of 32³ of 1,024 words each,
// word = slot * 8192 + sub * 1024 + z * 32 + y, bit x; sub = (sz * 2 + sy) * 2 + sx.

const SUB_WORDS = 1024u;
const BRICK_WORDS = 8192u;
/// A link to a brick that is not resident: the frontier.
const NOT_RESIDENT = 0xffffffffu;
/// A link to a brick outside the volume or the box.
const OUTSIDE = 0xfffffffeu;

struct Control {
  /// Lengths of the two queues of sub-bricks: the one being visited, the one being collected.
  queue_length: array<atomic<u32>, 2>,
  /// Which queue is being visited.
  parity: u32,
  /// Voxels filled so far.
  voxels: atomic<u32>,
  /// Sub-bricks visited so far.
  visits: atomic<u32>,
  rounds: u32,
}

struct Params {
  /// Where the seed is: sub-brick (slot * 8 + sub), word in it, bit.
  seed_sub: u32,
  seed_word: u32,
  seed_bit: u32,
  /// No round starts once so many voxels are filled.
  voxel_limit: u32,
  /// Sub-bricks that each queue can hold.
  queue_capacity: u32,
}
