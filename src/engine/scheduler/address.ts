import { brickKey } from '../../core/brick';
import type { Zyx } from '../../core/vec';

/** One brick of one level. */
export interface BrickAddress {
  readonly level: number;
  readonly brickZyx: Zyx;
}

export const addressKey = ({ level, brickZyx }: BrickAddress): string =>
  `${level}/${brickKey(brickZyx)}`;
