import type { Zyx } from '../../../core/vec';
import type { Precision } from '../network';
import type { Tiling } from './tiling';

/** What kernels and buffers of a network are made for. */
export interface NetworkSetup {
  readonly fieldOfViewZyx: Zyx;
  readonly features: number;
  readonly precision: Precision;
  readonly tiling: Tiling;
}
