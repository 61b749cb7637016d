import type { Zyx } from '../core/vec';
import type { ModelDetails } from '../segment/ffn/model';
import type { Fail } from './byte-reader';

type Metadata = Readonly<Record<string, string>>;

/** What safetensors keep of a model beside its weights: strings alone, so triples are written z, y, x with commas. */
export function metadataOf(details: ModelDetails): Metadata {
  const { fieldOfViewZyx, deltasZyx, voxelSizeNm, normalization, isAssumed, edited } = details;
  return {
    network: 'ffn',
    name: details.name,
    source: details.source,
    licence: details.licence,
    // What is only assumed is not passed on as if somebody had said so.
    ...(isAssumed
      ? {}
      : { field_of_view_zyx: fieldOfViewZyx.join(','), deltas_zyx: deltasZyx.join(',') }),
    voxel_size_nm_zyx: voxelSizeNm?.join(',') ?? '',
    image_mean: String(normalization.mean),
    image_deviation: String(normalization.deviation),
    pad_probability: String(details.padProbability),
    move_threshold: String(details.moveThreshold),
    ...(edited ? { edited: edited.join(',') } : {}),
  };
}

/** What metadata tell of a model; those of other programs may tell nothing. Throws what `fail` makes of numbers that are none. */
export function detailsIn(metadata: Metadata, fail: Fail): Partial<ModelDetails> {
  const textOf = (key: string) => (Object.hasOwn(metadata, key) ? metadata[key] : undefined);
  const numbersOf = (key: string, wanted: number): number[] | undefined => {
    const text = textOf(key);
    if (text === undefined) return undefined;
    const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (numbers.length === wanted && numbers.every(Number.isFinite)) return numbers;
    throw fail(`its ${key} is “${text.slice(0, 50)}”`);
  };
  const tripleOf = (key: string) => numbersOf(key, 3) as unknown as Zyx | undefined;
  const numberOf = (key: string) => numbersOf(key, 1)?.[0];
  const [mean, deviation] = [numberOf('image_mean'), numberOf('image_deviation')];
  const all = {
    name: textOf('name'),
    source: textOf('source'),
    licence: textOf('licence'),
    fieldOfViewZyx: tripleOf('field_of_view_zyx'),
    deltasZyx: tripleOf('deltas_zyx'),
    voxelSizeNm: textOf('voxel_size_nm_zyx') === '' ? null : tripleOf('voxel_size_nm_zyx'),
    normalization: mean === undefined || deviation === undefined ? undefined : { mean, deviation },
    padProbability: numberOf('pad_probability'),
    moveThreshold: numberOf('move_threshold'),
    edited: textOf('edited')?.split(','),
  };
  return given(all);
}

/** Without what is undefined. */
export const given = <T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
