import type { VolumeInfo } from '../volume/model';
import type { FillOptions } from './store';
import { suggestedRange } from './suggested-range';

/** What suits one channel and not another: its contrast, and the values that fills take. */
export interface ChannelLook extends Pick<FillOptions, 'low' | 'high'> {
  readonly contrast: readonly [low: number, high: number];
}

/** How the channels of a volume were last looked at. */
export class ChannelLooks {
  private readonly looks = new Map<number, ChannelLook>();

  /** Forgets all: another volume is open. */
  clear(): void {
    this.looks.clear();
  }

  /** Keeps a channel's look, and returns that of the volume's channel: the last one, or at first what suits the volume. */
  exchange(channel: number, look: ChannelLook, volume: VolumeInfo): ChannelLook {
    this.looks.set(channel, look);
    const { contrast, selection } = volume;
    return this.looks.get(selection.c) ?? { contrast, ...suggestedRange(volume) };
  }
}
