import { isIdentity, normalized, type Quaternion } from '../core/quaternion';
import type { Zyx } from '../core/vec';
import type { AxisSelection } from '../engine/protocol';
import { layersText, parseLayers, type SharedLayer } from './shared-layers';
import type { AppState } from './store';

const AXES = ['t', 'c'] as const satisfies readonly (keyof AxisSelection)[];

/**
 * Where a shared address leads: a source, and in it a voxel (finest level), how the slices are turned, a zoom (nm per device
 * pixel), a time and a channel, and what lies over what.
 */
export interface StartPlace {
  readonly source: string | null;
  readonly atZyx: Zyx | null;
  readonly orientation: Quaternion | null;
  readonly nmPerPixel: number | null;
  readonly selection: Partial<AxisSelection>;
  readonly layers: readonly SharedLayer[];
}

/** Whether others could open what is open: not what lies on this machine. */
export const isShareable = ({ volume }: Pick<AppState, 'volume'>): boolean =>
  volume !== null && /^https?:/.test(volume.url);

/**
 * The page's address with what is open, where, and how near: `?source=…&at=z,y,x&zoom=nm`, `&turn=x,y,z,w` where slices are
 * turned, `&t=…&c=…` where these are not the first, and `&layers=…` where there are others than the volume's own. Null when nothing is open, or nothing that others could open.
 */
export function shareUrl(
  state: Pick<AppState, 'volume' | 'positionZyx' | 'orientation' | 'nmPerPixel' | 'selection'> & {
    readonly display: Pick<AppState['display'], 'layers'>;
  },
  pageUrl: string,
): string | null {
  if (!state.volume || !isShareable(state)) return null;
  const url = new URL(pageUrl);
  url.search = '';
  url.hash = '';
  url.searchParams.set('source', state.volume.url);
  url.searchParams.set('at', state.positionZyx.join(','));
  url.searchParams.set('zoom', String(Number(state.nmPerPixel.toPrecision(4))));
  if (!isIdentity(state.orientation))
    url.searchParams.set(
      'turn',
      state.orientation.map((part) => Number(part.toFixed(6))).join(','),
    );
  for (const key of AXES)
    if (state.selection[key] > 0) url.searchParams.set(key, String(state.selection[key]));
  const layers = layersText(state.display.layers);
  if (layers) url.searchParams.set('layers', layers);
  return url.href;
}

/** Reads what `shareUrl` wrote; parts that are missing or make no sense are null. */
export function parseStartPlace(search: string): StartPlace {
  const parameters = new URLSearchParams(search);
  const zoom = Number(parameters.get('zoom') ?? Number.NaN);
  return {
    source: parameters.get('source') || null,
    atZyx: parseTriple(parameters.get('at') ?? ''),
    orientation: parseOrientation(parameters.get('turn') ?? ''),
    nmPerPixel: zoom > 0 && Number.isFinite(zoom) ? zoom : null,
    selection: Object.fromEntries(
      AXES.flatMap((key) => {
        const text = parameters.get(key) ?? '';
        return /^\d{1,9}$/.test(text) ? [[key, Number(text)]] : [];
      }),
    ),
    layers: parseLayers(parameters.get('layers') ?? ''),
  };
}

function parseOrientation(text: string): Quaternion | null {
  const [x, y, z, w] = parseNumbers(text, 4) ?? [];
  if (x === undefined || y === undefined || z === undefined || w === undefined) return null;
  return normalized([x, y, z, w]) ?? null;
}

/** Three numbers parted by commas or spaces, in the order they are written; null for anything else. */
export function parseTriple(text: string): Zyx | null {
  const [first, second, third] = parseNumbers(text, 3) ?? [];
  if (first === undefined || second === undefined || third === undefined) return null;
  return [first, second, third];
}

function parseNumbers(text: string, count: number): number[] | null {
  const parts = text.trim().split(/\s*[,;\s]\s*/);
  if (parts.length !== count || parts.includes('')) return null;
  const numbers = parts.map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
}
