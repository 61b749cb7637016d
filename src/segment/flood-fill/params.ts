import { z } from 'zod';

/** Which voxels touch. */
export const connectivity = z.union([z.literal(6), z.literal(18), z.literal(26)]);
const faces = connectivity.default(6);

/** What a flood fill takes: a range of image values (ends included), or a tolerance around the seed's own value. */
export const floodFillParams = z.union([
  z
    .strictObject({ low: z.number(), high: z.number(), connectivity: faces })
    .refine(({ low, high }) => low <= high, { message: 'low must not be above high' }),
  z.strictObject({ tolerance: z.number().min(0), connectivity: faces }),
]);

export type FloodFillParams = z.input<typeof floodFillParams>;
