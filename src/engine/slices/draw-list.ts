import { BRICK_VOXELS } from '../../core/brick';
import type { LevelGrid } from '../../core/slice-geometry';
import { volumeOf, type Zyx } from '../../core/vec';
import { type BrickPlacement, type PixelRectangle, placeBrick, type SliceFrame } from './placement';
import type { SliceScene } from './scene';

/** What draws a run of bricks. */
export type Stage = 'image' | 'failed' | 'labels' | 'fill';

/** Instances that are drawn with one call: one stage, one storage buffer (none for failed bricks). */
export interface Batch {
  readonly stage: Stage;
  readonly source: GPUBuffer | null;
  readonly firstInstance: number;
  readonly instances: number;
}

/** Batches in the order in which they are painted, and the instances of all of them, packed for shaders/slice/brick.wgsl. */
export interface DrawList {
  readonly image: readonly Batch[];
  readonly labels: readonly Batch[];
  readonly instances: ArrayBuffer;
}

/** Bytes of one instance: rectangle (4 × f32), mapping (4 × f32), place (4 × u32). */
export const INSTANCE_BYTES = 48;

/** Set in ids of the stored label layer, as in shaders/slice/view.wgsl. */
const REFERENCE_BIT = 0x80000000;

interface Item {
  readonly stage: Stage;
  readonly source: GPUBuffer | null;
  readonly slot: number;
  readonly brickZyx: Zyx;
  readonly level: LevelGrid;
  /** The stage's own parameter. */
  readonly parameter: number;
}

type Placed = Item & { readonly placement: BrickPlacement };

function place(frame: SliceFrame, items: readonly Item[]): Placed[] {
  return items.flatMap((item) => {
    const placement = placeBrick(frame, item.level, item.brickZyx);
    return placement ? [{ ...item, placement }] : [];
  });
}

const coarseness = ({ level }: Placed): number => volumeOf(level.scaleZyx);

/** Coarse levels first, so that finer ones cover them; inside a level image before failed, then by buffer. */
function paintersOrder(items: readonly Placed[]): Placed[] {
  const buffers = new Map<GPUBuffer | null, number>();
  for (const { source } of items) if (!buffers.has(source)) buffers.set(source, buffers.size);
  const rank = ({ source }: Placed) => (source ? (buffers.get(source) ?? 0) : buffers.size);
  return [...items].sort((a, b) => coarseness(b) - coarseness(a) || rank(a) - rank(b));
}

const overlap = (a: PixelRectangle, b: PixelRectangle): number =>
  Math.max(Math.min(a.right, b.right) - Math.max(a.left, b.left), 0) *
  Math.max(Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top), 0);

/** Leaves out what one finer level paints over: bricks of a level share no pixel, so their overlaps add up to the whole. */
function withoutCovered(items: readonly Placed[]): Placed[] {
  const painted = items.filter(({ stage }) => stage !== 'failed');
  const levels = new Set(painted.map(coarseness));
  const isCovered = (item: Placed, level: number): boolean => {
    const { rectangle } = item.placement;
    let area = 0;
    for (const other of painted)
      if (coarseness(other) === level) area += overlap(rectangle, other.placement.rectangle);
    return area === overlap(rectangle, rectangle);
  };
  return items.filter(
    (item) => ![...levels].some((level) => level < coarseness(item) && isCovered(item, level)),
  );
}

/** Runs of the same stage and buffer, numbered from `firstInstance` on. */
function batch(items: readonly Placed[], firstInstance: number): Batch[] {
  const batches: Batch[] = [];
  for (const [index, { stage, source }] of items.entries()) {
    const last = batches.at(-1);
    if (last?.stage === stage && last.source === source) {
      batches[batches.length - 1] = { ...last, instances: last.instances + 1 };
    } else {
      batches.push({ stage, source, firstInstance: firstInstance + index, instances: 1 });
    }
  }
  return batches;
}

function pack(items: readonly Placed[]): ArrayBuffer {
  const bytes = new ArrayBuffer(items.length * INSTANCE_BYTES);
  const floats = new Float32Array(bytes);
  const words = new Uint32Array(bytes);
  for (const [index, { slot, parameter, placement }] of items.entries()) {
    const { rectangle, horizontal, vertical, firstVoxel } = placement;
    const at = (index * INSTANCE_BYTES) / 4;
    floats.set([rectangle.left, rectangle.top, rectangle.right, rectangle.bottom], at);
    floats.set([horizontal.scale, horizontal.offset, vertical.scale, vertical.offset], at + 4);
    words.set(
      [slot * BRICK_VOXELS + firstVoxel, horizontal.last, vertical.last, parameter],
      at + 8,
    );
  }
  return bytes;
}

function imageItems({ image, failed }: SliceScene): Item[] {
  return [
    ...image.map(
      ({ block, ...brick }): Item => ({ ...brick, stage: 'image', source: block, parameter: 0 }),
    ),
    ...failed.map(
      (brick): Item => ({ ...brick, stage: 'failed', source: null, slot: 0, parameter: 0 }),
    ),
  ];
}

const labelItems = (bricks: SliceScene['labels'], parameter: number): Item[] =>
  bricks.map(({ block, ...brick }) => ({ ...brick, stage: 'labels', source: block, parameter }));

function fillItems({ fills, display, volumeShapeZyx }: SliceScene): Item[] {
  const level = { shapeZyx: volumeShapeZyx, scaleZyx: [1, 1, 1], offsetZyx: [0, 0, 0] } as const;
  return fills
    .filter(({ id }) => !display.hiddenIds.includes(id))
    .flatMap(({ state, id, bricks }) =>
      bricks.map(
        (brick): Item => ({ ...brick, stage: 'fill', source: state, level, parameter: id }),
      ),
    );
}

/** What a view draws of a scene. Pure. */
export function drawList(frame: SliceFrame, scene: SliceScene): DrawList {
  const { display } = scene;
  const ordered = (items: readonly Item[]) => paintersOrder(withoutCovered(place(frame, items)));
  const image = display.imageVisible ? ordered(imageItems(scene)) : [];
  const labels = [
    ...(display.referenceLayer === null ? [] : ordered(labelItems(scene.reference, REFERENCE_BIT))),
    ...(display.labelsVisible ? ordered(labelItems(scene.labels, 0)) : []),
    ...(display.labelsVisible ? ordered(fillItems(scene)) : []),
  ];
  return {
    image: batch(image, 0),
    labels: batch(labels, image.length),
    instances: pack([...image, ...labels]),
  };
}
