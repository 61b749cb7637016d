import type { Zyx } from '../core/vec';
import type { FfnParams, FfnRequest, SegmentInfo, Steering } from '../engine/protocol';
import type { PlacedMarks } from './ffn-options';
import type { AppState } from './store';

/** A seed, or a ball that is kept out of an object, of the tool that grows objects by a network. */
export type FfnMark = {
  /** A voxel of the finest level. */
  readonly zyx: Zyx;
  /** Its object: one that the next click grows, the one that grows now or others beside it, or a selected segment by its id. */
  readonly of: 'next' | 'running' | 'beside' | number;
} & (
  | {
      readonly kind: 'seed';
      /** Among `seedsZyx` of its object; null for the seed that it begins at, which it is nothing without. */
      readonly index: number | null;
    }
  | {
      readonly kind: 'block';
      /** In voxels of the finest level. */
      readonly radius: number;
      /** Among `blocks` of its object. */
      readonly index: number;
    }
);

/** A segment that a network grew. */
export type FfnSegment = SegmentInfo & { readonly algorithm: 'ffn'; readonly params: FfnParams };

export const isFfnSegment = (info: SegmentInfo | undefined): info is FfnSegment =>
  info?.algorithm === 'ffn';

export const placedOf = ({ seedZyx, params, moreSeedsZyx = [] }: FfnRequest): PlacedMarks => ({
  seedsZyx: [seedZyx, ...(params.seedsZyx ?? [])],
  blocks: params.blocks ?? [],
  otherSeedsZyx: moreSeedsZyx,
});

/** With what steering has added. */
export const steeredMarks = (placed: PlacedMarks, steering: Steering): PlacedMarks =>
  'block' in steering
    ? { ...placed, blocks: [...placed.blocks, steering.block] }
    : { ...placed, seedsZyx: [...placed.seedsZyx, steering.seedZyx] };

const marksOf = ({ seedsZyx, blocks }: PlacedMarks, of: 'running' | number): FfnMark[] => [
  ...seedsZyx.map((zyx, at): FfnMark => {
    const index = at === 0 ? null : at - 1;
    return { kind: 'seed', zyx, of, index };
  }),
  ...blocks.map(({ zyx, radius }, index): FfnMark => ({ kind: 'block', zyx, radius, of, index })),
];

/** Whether it can be taken away: not while its object grows, and never the seed that a segment began at. */
export const isRemovable = ({ of, index }: FfnMark, running: AppState['running']): boolean =>
  of === 'next' || (typeof of === 'number' && index !== null && running === null);

/** Selected segments beyond these are not marked: lists of thousands are no help to anybody. */
const MOST_SEGMENTS = 32;

/** Seeds that wait, and those and the blocks of what grows, or else of the selected segments; none while another tool is chosen. */
export function ffnMarks({
  tool,
  ffn,
  running,
  segments,
  display,
}: Pick<AppState, 'tool' | 'ffn' | 'running' | 'segments' | 'display'>): readonly FfnMark[] {
  if (tool !== 'ffn') return [];
  const waiting = ffn.seedsZyx.map(
    (zyx, index): FfnMark => ({ kind: 'seed', zyx, of: 'next', index }),
  );
  if (running?.placed) {
    const others = running.placed.otherSeedsZyx.map(
      (zyx): FfnMark => ({ kind: 'seed', zyx, of: 'beside', index: null }),
    );
    return [...waiting, ...marksOf(running.placed, 'running'), ...others];
  }
  const chosen = new Set(display.selectedIds.slice(0, MOST_SEGMENTS));
  const grown = segments.filter((info) => chosen.has(info.id)).filter(isFfnSegment);
  return [...waiting, ...grown.flatMap((info) => marksOf(placedOf(info), info.id))];
}
