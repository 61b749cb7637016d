import { directionsOf, pickLevel, type SliceView, type ViewId } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import { visibleBricks } from '../../core/visible-bricks';
import type { LevelInfo } from '../../volume/model';
import { addressKey, type BrickAddress } from './address';
import { type Motion, placesAhead } from './motion';
import { type Band, priorityOf, urgencyOf } from './priority';

/** A brick that is wanted, and how urgently. */
export interface Want {
  readonly address: BrickAddress;
  readonly priority: number;
}

/** What bricks that no view shows may take of a pool. */
const AHEAD_SHARE = 0.25;
/** How much wider than the view its context is. */
const CONTEXT_WIDTHS = 2;

/** All that a view wants of a layer, seen or not; a brick may be there several times. */
export function viewWants(
  view: ViewId,
  state: SliceView,
  levels: readonly LevelInfo[],
  voxelSizeNm: Zyx,
  motion?: Motion,
): Want[] {
  const cut = (band: Band, level: number, states: readonly SliceView[]): Want[] => {
    const info = levels[level];
    if (!info) return [];
    return states
      .flatMap((shown) => visibleBricks(view, shown, info, voxelSizeNm))
      .map((brickZyx, order) => ({
        address: { level, brickZyx },
        priority: priorityOf(band, order),
      }));
  };
  const wanted = pickLevel(view, state, levels, voxelSizeNm);
  const coarsest = levels.length - 1;
  const finer = levels[wanted];
  const ahead =
    finer && motion
      ? placesAhead(motion, directionsOf(view, state.orientation), finer, voxelSizeNm)
      : [];
  const wider = {
    ...state,
    widthPixels: CONTEXT_WIDTHS * state.widthPixels,
    heightPixels: CONTEXT_WIDTHS * state.heightPixels,
  };
  return [
    ...cut('cover', coarsest, [state]),
    ...(wanted < coarsest ? cut('visible', wanted, [state]) : []),
    ...cut(
      'prefetch',
      wanted,
      ahead.map((centerZyx) => ({ ...state, centerZyx })),
    ),
    ...(wanted < coarsest ? [wanted + 1, coarsest] : []).flatMap((level) =>
      cut('context', level, [wider]),
    ),
  ];
}

/**
 * Wants of all views of a layer as its pool can serve them, best first, each brick once: what is seen up to `mostBricks`;
 * what is not, within a quarter of them and what is left, so that it never takes the place of what is seen.
 */
export function wantsWithin(wants: readonly Want[], mostBricks: number): Want[] {
  const best = new Map<string, Want>();
  for (const want of wants.toSorted((a, b) => a.priority - b.priority)) {
    const key = addressKey(want.address);
    if (!best.has(key)) best.set(key, want);
  }
  const all = [...best.values()];
  const seen = all.filter(isSeen).slice(0, mostBricks);
  const room = Math.min(Math.floor(mostBricks * AHEAD_SHARE), mostBricks - seen.length);
  return [...seen, ...all.filter((want) => !isSeen(want)).slice(0, room)];
}

/** Whether no view is blank once it has come. */
export const isCover = ({ priority }: Want): boolean => priority < priorityOf('visible', 0);
/** Whether a view shows it now. */
export const isSeen = ({ priority }: Want): boolean => urgencyOf(priority) === 'seen';
