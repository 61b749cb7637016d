import { z } from 'zod';

/** Which voxels touch. */
export const connectivity = z.union([z.literal(6), z.literal(18), z.literal(26)]);
const faces = connectivity.default(6);

/** A value as it is stored: a bigint where a number may not be exact, as for integers of 64 bits. */
export const storedValue = z.union([z.number(), z.bigint()]);

/** What a flood fill takes: a range of image values (ends included), or a tolerance around the seed's own value. */
export const floodFillParams = z.union([
  z
    .strictObject({ low: storedValue, high: storedValue, connectivity: faces })
    .refine(({ low, high }) => low <= high, { message: 'low must not be above high' }),
  z.strictObject({ tolerance: z.number().min(0), connectivity: faces }),
]);

export type FloodFillParams = z.input<typeof floodFillParams>;
