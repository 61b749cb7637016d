// Turns the voxels of newly admitted bricks into one bit each, set where the value lies in the range, and queues each
// sub-brick that has any if the fill waits for it. One workgroup a sub-brick; one dispatch for the bricks of one image block.

override threads: u32 = 64;
/// 0 uint8, 1 uint16, 2 int16, 3 float32.
override dtype: u32 = 0;

struct Range {
  low: f32,
  high: f32,
  /// For uint8: the first value of the range and the first past it, as integers from 0 to 256.
  byte_first: u32,
  byte_end: u32,
  /// Voxels outside [clip_first, clip_end) are never set; x, y, z.
  clip_first: vec3<i32>,
  clip_end: vec3<i32>,
}

struct Job {
  image_slot: u32,
  fill_slot: u32,
  /// 1 where the fill has reached the brick already; other bricks are queued once it does.
  reached: u32,
  padding: u32,
  /// First voxel of the brick; x, y, z.
  origin: vec3<i32>,
}

@group(0) @binding(1) var<storage, read_write> control: Control;
@group(0) @binding(2) var<storage, read_write> queues: array<u32>;
@group(0) @binding(3) var<storage, read_write> queued: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> open: array<u32>;
@group(0) @binding(0) var<uniform> params: Params;
@group(1) @binding(0) var<uniform> range: Range;
@group(1) @binding(1) var<storage, read> image: array<u32>;
@group(1) @binding(2) var<storage, read> jobs: array<Job>;

var<workgroup> any_open: atomic<u32>;

const HIGH_BITS = 0x80808080u;

/// In each byte the high bit is set where the byte of `values` is at least `bound` (0 to 256).
fn at_least(values: u32, bound: u32) -> u32 {
  if (bound > 255u) {
    return 0u;
  }
  let low_bits = ((values & ~HIGH_BITS) | HIGH_BITS) - (bound & 0x7fu) * 0x01010101u;
  return select(values | low_bits, values & low_bits, bound > 127u) & HIGH_BITS;
}

/// 32 uint8 voxels from word `first` on: four at a time, their high bits gathered by a multiplication.
fn row_of_bytes(first: u32) -> u32 {
  var bits = 0u;
  for (var i = 0u; i < 8u; i++) {
    let values = image[first + i];
    let inside = at_least(values, range.byte_first) & ~at_least(values, range.byte_end);
    bits |= (((inside >> 7u) * 0x10204080u) >> 28u) << (4u * i);
  }
  return bits;
}

fn value_of(word: u32, half: u32) -> f32 {
  if (dtype == 3u) {
    return bitcast<f32>(word);
  }
  if (dtype == 2u) {
    return f32(extractBits(bitcast<i32>(word), half * 16u, 16u));
  }
  return f32(extractBits(word, half * 16u, 16u));
}

/// 32 voxels of 16 or 32 bits from word `first` on.
fn row_of_values(first: u32) -> u32 {
  let per_word = select(2u, 1u, dtype == 3u);
  var bits = 0u;
  for (var x = 0u; x < 32u; x++) {
    let value = value_of(image[first + x / per_word], x % per_word);
    bits |= select(0u, 1u, value >= range.low && value <= range.high) << x;
  }
  return bits;
}

/// The bits of the first `count` voxels of a word; all or none where it is out of 0 … 32.
fn first_bits(count: i32) -> u32 {
  return select(select((1u << u32(clamp(count, 0, 31))) - 1u, 0xffffffffu, count >= 32), 0u, count <= 0);
}

@compute @workgroup_size(threads)
fn threshold(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let job = jobs[group.y];
  let sub = group.x;
  let corner = vec3<u32>(sub & 1u, (sub >> 1u) & 1u, sub >> 2u) * 32u;
  let words_per_row = array<u32, 4>(16u, 32u, 32u, 64u)[dtype];
  let x = job.origin.x + i32(corner.x);
  let x_bits = first_bits(range.clip_end.x - x) & ~first_bits(range.clip_first.x - x);
  var found = 0u;
  for (var i = thread; i < SUB_WORDS; i += threads) {
    let z = corner.z + i / 32u;
    let y = corner.y + i % 32u;
    let at = job.origin.yz + vec2<i32>(i32(y), i32(z));
    let first = job.image_slot * 4096u * words_per_row + (z * 64u + y) * words_per_row + corner.x * words_per_row / 64u;
    var bits = 0u;
    if (all(at >= range.clip_first.yz) && all(at < range.clip_end.yz)) {
      if (dtype == 0u) {
        bits = row_of_bytes(first) & x_bits;
      } else {
        bits = row_of_values(first) & x_bits;
      }
    }
    open[job.fill_slot * BRICK_WORDS + sub * SUB_WORDS + i] = bits;
    found |= bits;
  }
  if (found != 0u) {
    atomicStore(&any_open, 1u);
  }
  workgroupBarrier();
  if (thread == 0u && job.reached != 0u && atomicLoad(&any_open) != 0u) {
    let next = 1u - control.parity;
    let id = job.fill_slot * 8u + sub;
    if ((atomicOr(&queued[id], 1u << next) & (1u << next)) == 0u) {
      queues[next * params.queue_capacity + atomicAdd(&control.queue_length[next], 1u)] = id;
    }
  }
}
