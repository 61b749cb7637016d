const metresByPrefix: Readonly<Record<string, number>> = {
  yocto: -24,
  zepto: -21,
  atto: -18,
  femto: -15,
  pico: -12,
  nano: -9,
  micro: -6,
  milli: -3,
  centi: -2,
  deci: -1,
  '': 0,
  hecto: 2,
  kilo: 3,
  mega: 6,
  giga: 9,
};

const nanometres: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    Object.entries(metresByPrefix).flatMap(([prefix, exponent]) => {
      // Dividing by a power of ten that a double holds exactly keeps 10 nm at 10, not 10.000000000000002.
      const factor = exponent + 9 < 0 ? 1 / 10 ** -(exponent + 9) : 10 ** (exponent + 9);
      return [
        [`${prefix}meter`, factor],
        [`${prefix}metre`, factor],
      ];
    }),
  ),
  angstrom: 0.1,
  nm: 1,
  um: 1e3,
  µm: 1e3,
  μm: 1e3,
  micron: 1e3,
  mm: 1e6,
  cm: 1e7,
  m: 1e9,
  inch: 2.54e7,
  foot: 3.048e8,
  yard: 9.144e8,
  mile: 1.609344e12,
  // No length is told: one voxel is drawn as one nanometre.
  pixel: 1,
  voxel: 1,
  '': 1,
};

/** Nanometres in one unit of length (UDUNITS-2 names, as OME-Zarr asks for); undefined for what is none. */
export const nanometresOf = (unit: string): number | undefined =>
  Object.hasOwn(nanometres, unit.trim()) ? nanometres[unit.trim()] : undefined;
