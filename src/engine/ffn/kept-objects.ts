import { workingDetails } from '../../models/details';
import { CANVAS_BRICK_BYTES } from '../../segment/ffn/canvas-store';
import type { FfnModel } from '../../segment/ffn/model';
import type { FfnObject } from '../../segment/ffn/object';
import type { CheckedFfnParams } from '../../segment/ffn/params';
import type { Volume } from '../../volume/model';
import type { CheckedFfn } from '../request';
import type { Segmentation } from '../segmentation';

/** An object that can go on: the segment that it is, and what that was grown with. */
export interface KeptObject {
  readonly segmentation: Segmentation;
  readonly volume: Volume;
  readonly model: FfnModel;
  readonly id: number;
  readonly object: FfnObject;
  readonly params: CheckedFfnParams;
  readonly box: CheckedFfn['box'];
}

const bytesOf = ({ object: { canvas } }: KeptObject): number => canvas.size * CANVAS_BRICK_BYTES;

/** Objects that were grown last, with their canvases, to go on from other seeds. */
export class KeptObjects {
  /** The oldest first. */
  private kept: KeptObject[] = [];

  get isEmpty(): boolean {
    return this.kept.length === 0;
  }

  /** Keeps an object, in place of another one of its segment. */
  keep(fresh: KeptObject): void {
    this.drop(({ id }) => id === fresh.id);
    this.kept.push(fresh);
  }

  /**
   * The object of the segment that is to be grown anew, if only further seeds were added to it: no longer kept then; else it is let
   * go. `moreSeeds`: how many.
   */
  take(
    { regrow, params, box }: CheckedFfn,
    model: FfnModel,
    volume: Volume,
    segmentation: Segmentation,
  ): { object: FfnObject; moreSeeds: number } | undefined {
    const kept = this.kept.find(({ id }) => id === regrow);
    if (!kept) return undefined;
    const known = kept.params.seedsZyx.length;
    const moreSeeds = params.seedsZyx.length - known;
    const isSame =
      kept.segmentation === segmentation &&
      kept.volume === volume &&
      segmentation.require(kept.id).steps === kept.object.steps &&
      moreSeeds >= 0 &&
      JSON.stringify(box) === JSON.stringify(kept.box) &&
      JSON.stringify(lasting(params, known)) === JSON.stringify(lasting(kept.params, known)) &&
      JSON.stringify(workingDetails(model)) === JSON.stringify(workingDetails(kept.model));
    if (!isSame) {
      this.drop((other) => other === kept);
      return undefined;
    }
    this.kept = this.kept.filter((other) => other !== kept);
    return { object: kept.object, moreSeeds };
  }

  /** Lets go of the oldest, so that what is left has so many bytes of canvases at most. */
  trim(mostBytes: number): void {
    let bytes = 0;
    const gone = this.kept.toReversed().filter((kept) => {
      bytes += bytesOf(kept);
      return bytes > mostBytes;
    });
    this.drop((kept) => gone.includes(kept));
  }

  forget(): void {
    this.drop(() => true);
  }

  private drop(isGone: (kept: KeptObject) => boolean): void {
    for (const { object } of this.kept.filter(isGone)) object.dispose();
    this.kept = this.kept.filter((kept) => !isGone(kept));
  }
}

/** What must be the same of parameters for an object to go on, its first seeds among them. */
const lasting = (
  { maxSteps: _, batch: __, seedsZyx, minSegmentSize: ___, ...others }: CheckedFfnParams,
  seeds: number,
) => ({ ...others, seedsZyx: seedsZyx.slice(0, seeds) });
