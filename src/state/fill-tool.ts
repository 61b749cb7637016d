import type { Zyx } from '../core/vec';
import type { FloodFillParams } from '../engine/protocol';
import { boxAround, withBound } from './fill-box';
import { formatNumber } from './format-number';
import type { Session } from './session';
import type { AppState, FillOptions } from './store';

/** What the tool needs of the session. */
type Around = Pick<Session, 'store' | 'runs' | 'select' | 'report' | 'inform'>;

/** What of an image value the options' fill takes. */
const paramsOf = ({
  criterion,
  low,
  high,
  tolerance,
  connectivity,
}: FillOptions): FloodFillParams =>
  criterion === 'range' ? { low, high, connectivity } : { tolerance, connectivity };

/** The fill tool, for the session: its options, and the clicks that fill. Errors are shown, not thrown. */
export class FillTool {
  constructor(private readonly around: Around) {}

  private get state(): AppState {
    return this.around.store.getState();
  }

  setOptions(changes: Partial<FillOptions>): void {
    this.around.store.setState({ fillOptions: { ...this.state.fillOptions, ...changes } });
  }

  /** Limits fills to a box of up to 128 voxels an axis around the position, or to nothing but the volume. */
  limit(toBox: boolean): void {
    const { volume, positionZyx } = this.state;
    if (!volume) return;
    this.setOptions({ box: toBox ? boxAround(positionZyx, volume.shapeZyx) : null });
  }

  /** Sets one axis of the box that fills are limited to: its first voxel and the one past its last, kept in the volume. */
  setBound(axis: 0 | 1 | 2, first: number, end: number): void {
    const { volume, fillOptions } = this.state;
    if (!volume || !fillOptions.box) return;
    this.setOptions({ box: withBound(fillOptions.box, axis, first, end, volume.shapeZyx) });
  }

  /** What a click does: fills from a voxel with the options. */
  async fillAt(seedZyx: Zyx): Promise<void> {
    if (this.around.runs.keepsVolume()) return;
    const { fillOptions } = this.state;
    const { voxelLimit, box } = fillOptions;
    try {
      const result = await this.around.runs.segment({
        algorithm: 'flood-fill',
        seedZyx,
        params: paramsOf(fillOptions),
        ...(voxelLimit === null ? {} : { voxelLimit }),
        ...(box === null ? {} : { box }),
      });
      this.around.select([result.id]);
      if (result.unreadBricks > 0)
        this.around.inform(
          `${formatNumber(result.unreadBricks)} bricks that the fill reached could not be read: the segment may go on there. Read them again, then fill once more.`,
          'unread',
        );
    } catch (error) {
      this.around.report(error, 'fill');
    }
  }
}
