import { z } from 'zod';
import { FloodlightError, isFloodlightError } from '../core/errors';
import { ahead } from './ahead';
import { badMetadata, parseWith } from './parse';
import type { VolumeStore } from './store';

export type ZarrVersion = 2 | 3;

export interface ZarrNode {
  readonly kind: 'group' | 'array';
  readonly version: ZarrVersion;
  /** The user's attributes; of an array of version 2: none, nothing here needs them. */
  readonly attributes: unknown;
  /** An array's metadata document, as it is stored. */
  readonly document?: unknown;
}

interface JsonFile {
  /** Undefined when there is no such file. */
  readonly value?: unknown;
  /**
   * What stood for “absent”: the 403 of object stores that may not be listed, or the page that hosts of single-page applications
   * send for missing paths.
   */
  readonly forbidden?: FloodlightError;
}

/** Fill values of 64 bits that a double cannot hold, such as 2⁶⁴ − 1, stay exact as strings of digits. */
const quoteWideFill = (json: string): string =>
  json.replace(/("fill_value"\s*:\s*)(-?\d{16,20})(?=\s*[,}])/g, '$1"$2"');

/**
 * A JSON file of a node. Absent are a 404, a 403, and a web page; any other text that is no JSON is BAD_METADATA.
 */
export async function readJson(
  store: VolumeStore,
  file: '.zarray' | '.zattrs' | '.zgroup' | 'zarr.json',
  signal: AbortSignal | undefined,
): Promise<JsonFile> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await store.get(`/${file}`, signal ? { signal } : {});
  } catch (error) {
    const isForbidden = isFloodlightError(error, 'HTTP_STATUS') && error.fields.status === 403;
    if (isForbidden || isFloodlightError(error, 'WEB_PAGE')) return { forbidden: error };
    throw error;
  }
  if (!bytes) return {};
  const text = new TextDecoder().decode(bytes);
  try {
    return { value: JSON.parse(quoteWideFill(text)) };
  } catch (error) {
    throw badMetadata(store.urlOf(file), 'it is no valid JSON', error);
  }
}

const nodeSchema = z.object({
  zarr_format: z.literal(3),
  node_type: z.enum(['group', 'array']),
  // Zarr lets it be left out.
  attributes: z.unknown().optional(),
});

/**
 * What lies at the store's folder; NOT_ZARR, or the 403 or the page that is there instead, when nothing does. What there may be
 * of version 2 is asked for at the same time as what there may be of version 3, and looked at only where there is none of that.
 */
export async function readNode(store: VolumeStore, signal?: AbortSignal): Promise<ZarrNode> {
  const version2 = ahead(signal, (either) =>
    Promise.all([readJson(store, '.zarray', either), readJson(store, '.zattrs', either)]),
  );
  try {
    const v3 = await readJson(store, 'zarr.json', signal);
    if (v3.value !== undefined) {
      const node = parseWith(nodeSchema, v3.value, store.urlOf('zarr.json'));
      const { node_type: kind, attributes } = node;
      return { kind, version: 3, attributes, document: v3.value };
    }
    const [array, attributes] = await version2.result;
    if (array.value !== undefined)
      return { kind: 'array', version: 2, attributes: {}, document: array.value };
    if (attributes.value !== undefined)
      return { kind: 'group', version: 2, attributes: attributes.value };
    const group = await readJson(store, '.zgroup', signal);
    if (group.value !== undefined) return { kind: 'group', version: 2, attributes: {} };
    throw v3.forbidden ?? new FloodlightError('NOT_ZARR', { url: store.url });
  } finally {
    version2.drop();
  }
}

/** The attributes of a group known to be of this version; undefined when there is none. */
export async function readGroupAttributes(
  store: VolumeStore,
  version: ZarrVersion,
  signal?: AbortSignal,
): Promise<unknown> {
  if (version === 2) return (await readJson(store, '.zattrs', signal)).value;
  const { value } = await readJson(store, 'zarr.json', signal);
  return value === undefined
    ? undefined
    : parseWith(nodeSchema, value, store.urlOf('zarr.json')).attributes;
}
