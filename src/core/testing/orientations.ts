/** Orientations for property tests. */
import fc from 'fast-check';
import { compose, IDENTITY, normalized, type Quaternion, turnAbout } from '../quaternion';

const part = fc.double({ min: -1, max: 1, noNaN: true });

/** Any rotation. */
export const ANY_ORIENTATIONS: fc.Arbitrary<Quaternion> = fc
  .tuple(part, part, part, part)
  .map((parts) => normalized(parts) ?? IDENTITY);

const quarter = fc.integer({ min: 0, max: 3 }).map((turns) => (turns * Math.PI) / 2);

/** Quarter turns about all axes: views along the volume's axes, mirrored ones and such that swap their axes among them. */
export const QUARTER_TURNS: fc.Arbitrary<Quaternion> = fc
  .tuple(quarter, quarter, quarter)
  .map(([z, y, x]) =>
    compose(turnAbout([1, 0, 0], z), compose(turnAbout([0, 1, 0], y), turnAbout([0, 0, 1], x))),
  );

/** A hair off the axes. */
const HARDLY: fc.Arbitrary<Quaternion> = fc
  .tuple(part, part, part)
  .map(([x, y, z]) => normalized([x * 1e-4, y * 1e-4, z * 1e-4, 1]) ?? IDENTITY);

/** Turned anyhow, along axes, hardly, and not at all. */
export const ORIENTATIONS: fc.Arbitrary<Quaternion> = fc.oneof(
  { weight: 4, arbitrary: ANY_ORIENTATIONS },
  { weight: 1, arbitrary: QUARTER_TURNS },
  { weight: 1, arbitrary: HARDLY },
  { weight: 2, arbitrary: fc.constant(IDENTITY) },
);
