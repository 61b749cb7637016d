/** Equal numbers on each run: xorshift32, Marsaglia 2003. */
export class Random {
  constructor(private state: number) {}

  /** 0 to `limit` − 1. */
  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  /** One of the choices, of which there must be some. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

/** Takes bytes of its own, which it may change, and others, which it may not; what it returns is the caller's. */
type Mutation = (bytes: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;

/** What headers hold at their worst, as 32-bit numbers. */
const EXTREMES = [0, -1, 1, 0x7fffffff, -0x80000000, 0x7ffffff0, 0x10000];
/** Where most headers and tables are. */
const HEAD_BYTES = 40;

const concatenated = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
};

/** Anywhere, but every other time in the head. */
const place = (length: number, random: Random): number =>
  random.below(random.below(2) === 0 ? Math.min(length, HEAD_BYTES) : length);

const flipBits: Mutation = (bytes, _, random) => {
  for (let flips = 1 + random.below(8); flips > 0; flips--) {
    const at = place(bytes.length, random);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
};

const setBytes: Mutation = (bytes, _, random) => {
  for (let sets = 1 + random.below(4); sets > 0; sets--)
    bytes[place(bytes.length, random)] = random.below(256);
  return bytes;
};

const setExtreme: Mutation = (bytes, _, random) => {
  const number = random.pick(EXTREMES);
  const at = place(bytes.length, random);
  for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = number >> (8 * i);
  return bytes;
};

const truncate: Mutation = (bytes, _, random) => bytes.subarray(0, random.below(bytes.length));

const extend: Mutation = (bytes, other, random) => {
  const more = random.below(2) === 0 ? other : bytes;
  return concatenated(bytes, more.subarray(0, 1 + random.below(more.length)));
};

const splice: Mutation = (bytes, other, random) => {
  const at = place(bytes.length, random);
  const from = random.below(2) === 0 ? at : random.below(other.length);
  return concatenated(bytes.subarray(0, at), other.subarray(from));
};

/** What belongs to another codec. */
const replace: Mutation = (_, other) => Uint8Array.from(other);

const MUTATIONS = [
  ...[flipBits, flipBits, setBytes, setBytes, setExtreme, setExtreme],
  ...[truncate, extend, splice, replace],
];

/** One to three damages to a copy of `bytes`, some by the help of `other`; neither may be empty. Now and then nothing is left. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  // Not slice: a Buffer's shares its bytes.
  let mutated: Uint8Array = Uint8Array.from(bytes);
  for (let times = 1 + random.below(3); times > 0 && mutated.length > 0; times--)
    mutated = random.pick(MUTATIONS)(mutated, other, random);
  return mutated;
}
