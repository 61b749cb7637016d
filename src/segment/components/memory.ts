import { bytesOf } from '../../core/dtype';
import type { Arena } from '../../wasm/arena';
import type { ComponentsRequest } from './types';

const WORD_VOXELS = 64;
const RUN_BYTES = 4;
/** The module may read 65 voxels behind a slab. */
const SLACK_BYTES = 65 * 8;
const ALIGNMENT = 16;

/** A block of memory that keeps some bytes of each plane. */
export class PlaneBlock {
  constructor(
    private readonly arena: Arena,
    private readonly at: number,
    private readonly planeBytes: number,
  ) {}

  addressOf(plane: number): number {
    return this.at + plane * this.planeBytes;
  }

  /** A view; stale when the memory has grown. */
  bytes(firstPlane: number, planes: number): Uint8Array<ArrayBuffer> {
    return this.arena.bytes(this.addressOf(firstPlane), planes * this.planeBytes);
  }
}

/** The first address from `at` on where planes can begin so that plane 1 is aligned. */
const withPlane1Aligned = (at: number, planeBytes: number): number =>
  Math.ceil((at + planeBytes) / ALIGNMENT) * ALIGNMENT - planeBytes;

/**
 * The arena as wasm/segment/components.h wants it. Voxels, foreground and before are those of a round of slabs: plane 0 is
 * the one before the round. Ids take the place of voxels. Starts are the whole volume's, and so are the runs' parents.
 * Addresses stay as they are
 * while runs are added.
 */
export class ComponentsMemory {
  readonly voxels: PlaneBlock;
  readonly ids: PlaneBlock;
  readonly foreground: PlaneBlock;
  readonly before: PlaneBlock;
  readonly starts: PlaneBlock;
  private readonly parents: number;
  private readonly sizes: readonly [number, number, number, number];

  /** BUDGET_EXCEEDED where the memory cannot hold a round of so many planes. */
  constructor(
    private readonly arena: Arena,
    { shapeZyx: [sizeZ, sizeY, sizeX], dtype }: ComponentsRequest,
    roundPlanes: number,
  ) {
    const voxelBytes = sizeY * sizeX * bytesOf[dtype];
    const idBytes = sizeY * sizeX * Uint32Array.BYTES_PER_ELEMENT;
    const words = sizeY * Math.ceil(sizeX / WORD_VOXELS);
    const planes = roundPlanes + 1;
    this.sizes = [
      planes * Math.max(voxelBytes, idBytes) + SLACK_BYTES + ALIGNMENT,
      planes * words * 8,
      planes * words * 4,
      sizeZ * words * 8,
    ];
    const [slabs, foreground, before, starts, parents] = arena.layout([...this.sizes, 0]);
    this.voxels = new PlaneBlock(arena, withPlane1Aligned(slabs, voxelBytes), voxelBytes);
    this.ids = new PlaneBlock(arena, withPlane1Aligned(slabs, idBytes), idBytes);
    this.foreground = new PlaneBlock(arena, foreground, words * 8);
    this.before = new PlaneBlock(arena, before, words * 4);
    this.starts = new PlaneBlock(arena, starts, words * 8);
    this.parents = parents;
  }

  /** Where the parent of a run lies; those of the runs after it follow. */
  parentOf(run: number): number {
    return this.parents + run * RUN_BYTES;
  }

  /** Makes room for the parents of so many runs in all. BUDGET_EXCEEDED. */
  reserveRuns(runs: number): void {
    this.arena.layout([...this.sizes, runs * RUN_BYTES]);
  }

  /** Makes a plane of the round the one before the next round. */
  keep(plane: number): void {
    for (const block of [this.voxels, this.foreground, this.before])
      block.bytes(0, 1).set(block.bytes(plane, 1));
  }
}
