/** Red, green and blue as sRGB bytes. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** 2^32 / golden ratio and 2^32 / plastic number, odd: consecutive ids spread evenly over hue, lightness and chroma. */
const GOLDEN = 2654435769;
const PLASTIC = 3242174889;
const PLASTIC_SQUARED = 2447445413;

/** The top 24 bits of id × multiplier as a fraction: exact in 32-bit floats too, so that WGSL finds the same. */
const spread = (id: number, multiplier: number): number =>
  (Math.imul(id, multiplier) >>> 8) / 2 ** 24;

/** Linear light in [0, 1] to an sRGB byte (IEC 61966-2-1). */
function toByte(linear: number): number {
  const light = Math.min(Math.max(linear, 0), 1);
  const encoded = light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.round(255 * encoded);
}

/** OKLCH (Ottosson 2020), hue in turns, to sRGB; channels out of gamut are clipped. */
function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos(2 * Math.PI * hue);
  const b = chroma * Math.sin(2 * Math.PI * hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toByte(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** A segment's colour, 0 to 255 each; the same for an id (u32) everywhere. Its WGSL twin is shaders/slice/colour.wgsl. */
export const segmentColour = (id: number): Rgb =>
  fromOklch(
    0.7 + 0.18 * spread(id, PLASTIC),
    0.15 + 0.07 * spread(id, PLASTIC_SQUARED),
    spread(id, GOLDEN),
  );

/** MurmurHash3's 32-bit finaliser. */
function scramble(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The colour of an id of a stored label layer (u64), from the same palette. */
export function colourOfId64(id: bigint): Rgb {
  const low = Number(BigInt.asUintN(32, id));
  const high = Number(BigInt.asUintN(32, id >> 32n));
  return segmentColour(scramble(low ^ scramble(high)) >>> 0);
}

/** A colour as the renderer's tables hold it: opaque rgba8, red in the lowest byte. */
export const packColour = ([red, green, blue]: Rgb): number =>
  (red | (green << 8) | (blue << 16) | (255 << 24)) >>> 0;
