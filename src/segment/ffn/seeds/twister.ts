const LENGTH = 624;
const MIDDLE = 397;

/**
 * The Mersenne Twister MT19937 (M. Matsumoto, T. Nishimura 1998), seeded and read as `numpy.random.seed` and
 * `numpy.random.random` do: numbers in [0, 1) of 53 bits.
 */
export class Twister {
  private readonly state = new Uint32Array(LENGTH);
  private at = LENGTH;

  constructor(seed: number) {
    this.state[0] = seed;
    for (let i = 1; i < LENGTH; i++) {
      const before = this.state[i - 1] ?? 0;
      this.state[i] = Math.imul(before ^ (before >>> 30), 1812433253) + i;
    }
  }

  random(): number {
    const high = this.word() >>> 5;
    return (high * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }

  private word(): number {
    if (this.at === LENGTH) this.twist();
    let word = this.state[this.at++] ?? 0;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < LENGTH; i++) {
      const next = state[(i + 1) % LENGTH] ?? 0;
      const mixed = ((state[i] ?? 0) & 0x80000000) | (next & 0x7fffffff);
      const twisted = (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
      state[i] = (state[(i + MIDDLE) % LENGTH] ?? 0) ^ twisted;
    }
    this.at = 0;
  }
}
