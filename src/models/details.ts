import { z } from 'zod';
import { FloodlightError } from '../core/errors';
import type { FfnModel, ModelDetails } from '../segment/ffn/model';

const MOST_FIELD_OF_VIEW = 255;
const MOST_NM = 1e6;
const MOST_VALUE = 1e9;

const text = (most: number) => z.string().trim().max(most);
const triple = (value: z.ZodNumber) => z.tuple([value, value, value]).readonly();
const size = z.int().min(1).max(MOST_FIELD_OF_VIEW);
const probability = z.number().gt(0).lt(1);

const fields = {
  name: text(200).min(1),
  source: text(2000),
  licence: text(2000),
  fieldOfViewZyx: triple(size).refine((sizes) => sizes.every((voxels) => voxels % 2 === 1), {
    message: 'sizes must be odd',
  }),
  deltasZyx: triple(size),
  voxelSizeNm: triple(z.number().positive().max(MOST_NM)).nullable(),
  normalization: z.strictObject({
    mean: z.number().min(-MOST_VALUE).max(MOST_VALUE),
    deviation: z.number().positive().max(MOST_VALUE),
  }),
  padProbability: probability,
  moveThreshold: probability,
};
const names = Object.keys(fields) as (keyof typeof fields)[];

const schema = z.strictObject({
  ...fields,
  isAssumed: z.literal(true).optional(),
  edited: z.array(z.enum(names)).readonly().optional(),
});

const WORDS: Readonly<Record<string, string>> = {
  fieldOfViewZyx: 'field of view',
  deltasZyx: 'how far it moves',
  voxelSizeNm: 'voxel size',
  padProbability: 'probability of what was not seen yet',
  moveThreshold: 'probability at which it moves',
};

/** What does not fit among things said of a model, in words; undefined where all of it does. */
export function detailsProblem(details: ModelDetails): string | undefined {
  const { error } = schema.safeParse(details);
  const [issue] = error?.issues ?? [];
  if (issue) {
    const [field = 'one of them'] = issue.path.map(String);
    return `${WORDS[field] ?? field}: ${issue.message}`;
  }
  const { deltasZyx, fieldOfViewZyx } = details;
  const isTooFar = deltasZyx.some((delta, axis) => 2 * delta >= (fieldOfViewZyx[axis] ?? 0));
  return isTooFar
    ? 'how far it moves: less than half of its field of view, which has to overlap the one before'
    : undefined;
}

/** What is said of a model, without its weights. */
export function detailsOf(model: FfnModel): ModelDetails {
  const { id: _, depth: __, features: ___, layers: ____, ...details } = model;
  return details;
}

/** Of what is said of a model that which changes what it does. */
export const workingDetails = ({
  fieldOfViewZyx,
  deltasZyx,
  voxelSizeNm,
  normalization,
  padProbability,
  moveThreshold,
}: ModelDetails) => ({
  ...{ fieldOfViewZyx, deltasZyx, voxelSizeNm, normalization, padProbability, moveThreshold },
});

/**
 * The details with some of them said by the user, which is noted; what is said of field of view or deltas is no assumption.
 * BAD_PARAMETERS.
 */
export function changedDetails(
  { isAssumed, edited = [], ...known }: ModelDetails,
  { isAssumed: _, edited: __, ...changes }: Partial<ModelDetails>,
): ModelDetails {
  const isSaid = changes.fieldOfViewZyx !== undefined || changes.deltasZyx !== undefined;
  const all = [...new Set([...edited, ...Object.keys(changes)])].sort();
  const changed = {
    ...known,
    ...changes,
    ...(isAssumed && !isSaid ? { isAssumed } : {}),
    ...(all.length > 0 ? { edited: all } : {}),
  };
  const reason = detailsProblem(changed);
  if (reason !== undefined)
    throw new FloodlightError('BAD_PARAMETERS', { what: 'Details of a model', reason });
  return changed;
}

/**
 * The details of a network that is imported again: what the user had said of it stays, but for what is `said` now. BAD_PARAMETERS
 * where these do not fit each other.
 */
export function withEdits(
  read: ModelDetails,
  before: ModelDetails,
  said: readonly string[],
): ModelDetails {
  const kept = Object.entries(before).filter(
    ([name]) => before.edited?.includes(name) && !said.includes(name),
  );
  return changedDetails(read, Object.fromEntries(kept));
}
