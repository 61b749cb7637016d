import { z } from 'zod';
import type { Zyx } from '../core/vec';
import type { ModelDetails } from '../segment/ffn/model';
import type { Fail } from './byte-reader';
import { given } from './model-metadata';

const MOST_BYTES = 2 ** 16;

const xyz = z.tuple([z.number(), z.number(), z.number()]);
/** `model_args` of google/ffn's requests: sizes are x, y, z there. */
const argsSchema = z.object({
  depth: z.int().optional(),
  fov_size: xyz.optional(),
  deltas: xyz.optional(),
});

/** What a text beside a checkpoint tells of it. */
export interface RequestDetails {
  readonly depth: number | undefined;
  readonly details: Partial<ModelDetails>;
}

const reversed = (triple: z.infer<typeof xyz> | undefined): Zyx | undefined =>
  triple && [triple[2], triple[1], triple[0]];

function argsIn(json: string, fail: Fail) {
  try {
    const parsed: unknown = JSON.parse(json);
    const wrapped = z.object({ model_args: z.unknown() }).safeParse(parsed);
    const args = wrapped.success ? wrapped.data.model_args : parsed;
    return argsSchema.parse(typeof args === 'string' ? JSON.parse(args) : args);
  } catch {
    throw fail('the text beside it has no arguments of a model as google/ffn writes them');
  }
}

/** The last number given to a field of a text proto. */
const numberOf = (text: string, field: string): number | undefined => {
  const [, value] =
    [...text.matchAll(new RegExp(`\\b${field}\\s*:\\s*([-+.\\w]+)`, 'g'))].at(-1) ?? [];
  return value === undefined ? undefined : Number(value);
};

/** The string given to a field of a text proto, in either quotes. */
function stringOf(text: string, field: string): string | undefined {
  const pattern = new RegExp(
    `\\b${field}\\s*:\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|'((?:[^'\\\\]|\\\\.)*)')`,
  );
  const [, double, single] = pattern.exec(text) ?? [];
  return (double ?? single)?.replace(/\\(.)/g, '$1');
}

/**
 * What a request of google/ffn (`inference.proto`, as text), or its `model_args` alone (JSON), tells of a model. Throws what
 * `fail` makes where it is neither.
 */
export function readRequestText(bytes: Uint8Array, fail: Fail): RequestDetails {
  if (bytes.length > MOST_BYTES) throw fail('the text beside it is too long');
  const text = new TextDecoder().decode(bytes);
  const isJson = text.trimStart().startsWith('{');
  const json = isJson ? text : stringOf(text, 'model_args');
  const args = json === undefined ? {} : argsIn(json, fail);
  const number = (field: string) => (isJson ? undefined : numberOf(text, field));
  const [mean, deviation] = [number('image_mean'), number('image_stddev')];
  return {
    depth: args.depth,
    details: given({
      fieldOfViewZyx: reversed(args.fov_size),
      deltasZyx: reversed(args.deltas),
      normalization:
        mean === undefined || deviation === undefined ? undefined : { mean, deviation },
      padProbability: number('pad_value'),
      moveThreshold: number('move_threshold'),
    }),
  };
}
