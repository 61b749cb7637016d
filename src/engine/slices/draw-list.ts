import { BRICK_VOXELS } from '../../core/brick';
import type { LevelGrid } from '../../core/slice-geometry';
import type { Zyx } from '../../core/vec';
import type { BrickSlot } from '../../gpu/brick-pool';
import { coarseness, inPaintersOrder, type Placed } from './painters-order';
import type { SliceFrame } from './placement';
import { type DrawnBrick, REFERENCE_BIT, type SliceScene } from './scene';

/** The bits of a running fill, drawn as segment `id`; bricks of the finest level's grid. Layout: core/brick-bits. */
export interface FillBits {
  readonly state: GPUBuffer;
  readonly id: number;
  readonly bricks: readonly { readonly brickZyx: Zyx; readonly slot: number }[];
}

/** A scene whose bricks lie on the GPU, and what is being filled there. */
export interface GpuScene extends SliceScene<BrickSlot> {
  readonly fills: readonly FillBits[];
}

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

interface Item {
  readonly stage: Stage;
  readonly source: GPUBuffer | null;
  readonly slot: number;
  readonly brickZyx: Zyx;
  readonly level: LevelGrid;
  /** The stage's own parameter. */
  readonly parameter: number;
}

/** Bricks of a level in any order: those of one buffer next to each other, failed ones last. */
function byBuffer(items: readonly Placed<Item>[]): Placed<Item>[] {
  const buffers = new Map<GPUBuffer | null, number>();
  for (const { source } of items) if (!buffers.has(source)) buffers.set(source, buffers.size);
  const rank = ({ source }: Item) => (source ? (buffers.get(source) ?? 0) : buffers.size);
  return [...items].sort((a, b) => coarseness(b) - coarseness(a) || rank(a) - rank(b));
}

/** Runs of the same stage and buffer, numbered from `firstInstance` on. */
function batch(items: readonly Item[], firstInstance: number): Batch[] {
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

function pack(items: readonly Placed<Item>[]): ArrayBuffer {
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

const drawnItem = (
  { slot: { block, slot }, brickZyx, level }: DrawnBrick<BrickSlot>,
  stage: Stage,
  parameter: number,
): Item => ({ stage, source: block, slot, brickZyx, level, parameter });

const imageItems = ({ image, failed }: GpuScene): Item[] => [
  ...image.map((brick) => drawnItem(brick, 'image', 0)),
  ...failed.map(
    (brick): Item => ({ ...brick, stage: 'failed', source: null, slot: 0, parameter: 0 }),
  ),
];

const labelItems = (bricks: readonly DrawnBrick<BrickSlot>[], parameter: number): Item[] =>
  bricks.map((brick) => drawnItem(brick, 'labels', parameter));

function fillItems({ fills, display, volumeShapeZyx }: GpuScene): Item[] {
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
export function drawList(frame: SliceFrame, scene: GpuScene): DrawList {
  const { display } = scene;
  const ordered = (items: readonly Item[]) =>
    byBuffer(inPaintersOrder(frame, items, ({ stage }) => stage !== 'failed'));
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
