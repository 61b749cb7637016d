import { z } from 'zod';
import { bytesOf } from '../core/dtype';
import { codecFailed } from './codec-failed';
import { type Endian, holdsAll, parseElementType } from './element-type';
import type { DecodeStep, ElementType } from './job';

/** An array as the codecs before have left it. */
export interface ArrayState {
  readonly element: ElementType;
  readonly shape: readonly number[];
  readonly endian: Endian;
}

export interface PlannedArrayCodec {
  readonly encoded: ArrayState;
  /** What undoes it; undefined where nothing is to be done. */
  readonly step?: DecodeStep;
}

export type PlanArrayCodec = (array: ArrayState, configuration: unknown) => PlannedArrayCodec;

export const countOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** The configuration as the schema has it; CODEC_FAILED names what does not fit. */
export function parseConfiguration<T>(codec: string, schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value ?? {});
  if (success) return data;
  const [issue] = error.issues;
  throw codecFailed(codec, `${issue?.path.join('.')}: ${issue?.message}`);
}

/** The state with the type of this name; CODEC_FAILED when there is no such type. */
function withType(codec: string, array: ArrayState, name: string | undefined): ArrayState {
  if (name === undefined) return array;
  const type = parseElementType(name);
  if (!type) throw codecFailed(codec, `the type ${name} is not supported`);
  return { ...array, element: type.element, endian: type.endian ?? array.endian };
}

/** Of wasm/codecs. */
const MOST_AXES = 8;
const transposeSchema = z.object({ order: z.union([z.enum(['C', 'F']), z.array(z.int())]) });

const transpose: PlanArrayCodec = (array, configuration) => {
  const { order } = parseConfiguration('transpose', transposeSchema, configuration);
  const own = array.shape.map((_, axis) => axis);
  const axes = order === 'C' ? own : order === 'F' ? own.toReversed() : order;
  if (axes.length !== own.length || own.some((axis) => !axes.includes(axis)))
    throw codecFailed(
      'transpose',
      `its order ${axes.join(', ')} is no order of ${own.length} axes`,
    );
  if (axes.every((axis, at) => axis === at)) return { encoded: array };
  if (axes.length > MOST_AXES)
    throw codecFailed('transpose', `${axes.length} axes are more than ${MOST_AXES}`);
  const shape = axes.map((axis) => array.shape[axis] ?? 1);
  const step: DecodeStep = {
    codec: 'transpose',
    elementBytes: bytesOf[array.element],
    shape,
    axes: own.map((axis) => axes.indexOf(axis)),
  };
  return { encoded: { ...array, shape }, step };
};

const typedSchema = z.object({ dtype: z.string().optional(), astype: z.string().optional() });

/** The type before and behind a filter of version 2; CODEC_FAILED when that before is another than the array's. */
function filterTypes(codec: string, array: ArrayState, types: z.infer<typeof typedSchema>) {
  const decoded = withType(codec, array, types.dtype);
  if (decoded.element !== array.element)
    throw codecFailed(codec, `it makes ${decoded.element} of an array of ${array.element}`);
  return { decoded, encoded: withType(codec, decoded, types.astype) };
}

const delta: PlanArrayCodec = (array, configuration) => {
  const types = parseConfiguration('delta', typedSchema, configuration);
  const { encoded } = filterTypes('delta', array, types);
  if (encoded.element !== array.element)
    throw codecFailed(
      'delta',
      `differences of ${array.element} as ${encoded.element} are not supported`,
    );
  const { element } = array;
  return { encoded, step: { codec: 'delta', element, count: countOf(array.shape) } };
};

const scaleSchema = z.object({
  scale: z.number().refine((scale) => scale !== 0),
  offset: z.number(),
});

const fixedScaleOffset: PlanArrayCodec = (array, configuration) => {
  const schema = typedSchema.extend(scaleSchema.shape);
  const { scale, offset, ...types } = parseConfiguration('fixedscaleoffset', schema, configuration);
  const { encoded } = filterTypes('fixedscaleoffset', array, types);
  return scaled(array, encoded, scale, offset);
};

function scaled(array: ArrayState, encoded: ArrayState, scale: number, offset: number) {
  const step: DecodeStep = {
    codec: 'fixedscaleoffset',
    from: encoded.element,
    to: array.element,
    scale,
    offset,
    count: countOf(array.shape),
  };
  return { encoded, step };
}

/** Of version 3: on numbers with fractions it is the filter of version 2 without another type. */
const scaleOffset: PlanArrayCodec = (array, configuration) => {
  const { scale, offset } = parseConfiguration(
    'scale_offset',
    scaleSchema.partial(),
    configuration,
  );
  if (!array.element.startsWith('float'))
    throw codecFailed('scale_offset', `scaled ${array.element} is not supported`);
  return scaled(array, array, scale ?? 1, offset ?? 0);
};

const castSchema = z.object({ data_type: z.string(), scalar_map: z.undefined().optional() });

const castValue: PlanArrayCodec = (array, configuration) => {
  const { data_type } = parseConfiguration('cast_value', castSchema, configuration);
  const encoded = withType('cast_value', array, data_type);
  if (!holdsAll(array.element, encoded.element))
    throw codecFailed('cast_value', `${encoded.element} made ${array.element} is not supported`);
  return scaled(array, encoded, 1, 0);
};

const unchanged: PlanArrayCodec = (array) => ({ encoded: array });

/** Codecs from arrays to arrays: what they make of an array, and the step that undoes it. */
export const arrayCodecs: ReadonlyMap<string, PlanArrayCodec> = new Map([
  ['transpose', transpose],
  ['delta', delta],
  ['fixedscaleoffset', fixedScaleOffset],
  ['scale_offset', scaleOffset],
  ['cast_value', castValue],
  // Rounding loses bits for good.
  ['bitround', unchanged],
]);
