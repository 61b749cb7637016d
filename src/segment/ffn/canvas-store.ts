import { BRICK_VOXELS } from '../../core/brick';
import type { ByteFile } from '../../core/byte-file';
import { FloodlightError } from '../../core/errors';

/** Bytes of one brick of logits. */
export const CANVAS_BRICK_BYTES = BRICK_VOXELS * Float32Array.BYTES_PER_ELEMENT;

/** A brick of 64³ logits: in memory, or at a place in the file. */
export interface CanvasBrick {
  values: Float32Array<ArrayBuffer> | undefined;
  place: number | undefined;
}

/** The fewest bricks that are kept in memory: those that one field of view may touch. */
const LEAST_BRICKS = 8;

/**
 * Where the logits of all objects are kept: bricks in memory up to a budget, the least recently used beyond it in a file.
 * BUDGET_EXCEEDED where there is no file, or it takes no more.
 */
export class CanvasStore {
  /** Insertion order is order of use: the first is the least recently used. */
  private readonly resident = new Set<CanvasBrick>();
  private readonly freePlaces: number[] = [];
  private places = 0;

  constructor(
    private readonly budgetBytes: number,
    private readonly file?: ByteFile,
    private readonly fileBudgetBytes = Number.POSITIVE_INFINITY,
  ) {}

  get memoryBytes(): number {
    return this.resident.size * CANVAS_BRICK_BYTES;
  }

  get fileBytes(): number {
    return this.places * CANVAS_BRICK_BYTES;
  }

  /** A brick of logits that nobody knows. */
  create(): CanvasBrick {
    const brick: CanvasBrick = { values: undefined, place: undefined };
    this.makeRoom();
    brick.values = new Float32Array(BRICK_VOXELS).fill(Number.NaN);
    this.resident.add(brick);
    return brick;
  }

  /** A brick's logits, to read and to write until the next brick is asked for. */
  use(brick: CanvasBrick): Float32Array<ArrayBuffer> {
    this.resident.delete(brick);
    if (!brick.values) {
      this.makeRoom();
      brick.values = this.readBack(brick);
    }
    this.resident.add(brick);
    return brick.values;
  }

  /** Lets go of a brick. */
  release(brick: CanvasBrick): void {
    this.resident.delete(brick);
    if (brick.place !== undefined) this.freePlaces.push(brick.place);
    brick.values = undefined;
    brick.place = undefined;
  }

  private makeRoom(): void {
    const most = Math.max(LEAST_BRICKS, Math.floor(this.budgetBytes / CANVAS_BRICK_BYTES));
    while (this.resident.size >= most) {
      const [oldest] = this.resident;
      if (!oldest) return;
      this.moveOut(oldest);
      this.resident.delete(oldest);
    }
  }

  private moveOut(brick: CanvasBrick): void {
    const { values, file } = { values: brick.values, file: this.file };
    if (!values) return;
    const place = brick.place ?? this.freePlaces.pop() ?? this.places;
    const neededBytes = (place + 1) * CANVAS_BRICK_BYTES;
    let cause: unknown;
    try {
      if (!file || neededBytes > this.fileBudgetBytes) throw undefined;
      if (file.write(values, { at: place * CANVAS_BRICK_BYTES }) < CANVAS_BRICK_BYTES)
        throw new DOMException('The disk is full', 'QuotaExceededError');
    } catch (error) {
      cause = error;
      throw new FloodlightError(
        'BUDGET_EXCEEDED',
        {
          what: 'What the network remembers of the object',
          neededBytes: this.budgetBytes + neededBytes,
          budgetBytes: this.budgetBytes + Math.min(this.fileBytes, this.fileBudgetBytes),
        },
        cause,
      );
    }
    this.places = Math.max(this.places, place + 1);
    brick.place = place;
    brick.values = undefined;
  }

  private readBack({ place = 0 }: CanvasBrick): Float32Array<ArrayBuffer> {
    const values = new Float32Array(BRICK_VOXELS);
    const read = this.file?.read(values, { at: place * CANVAS_BRICK_BYTES }) ?? 0;
    if (read < CANVAS_BRICK_BYTES)
      throw new FloodlightError('INTERNAL', {
        reason: 'logits on the disk could not be read back',
      });
    return values;
  }
}
