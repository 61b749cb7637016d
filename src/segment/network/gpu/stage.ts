/** Moving a value is taken to cost as much as so many operations. */
export const COST_OF_MOVING = 16;

/** One kernel of a network with all that it is bound to, apart from which units (planes, or slabs of them) a dispatch is for. */
export interface Stage {
  readonly pipeline: GPUComputePipeline;
  /** From binding 1 on. */
  readonly buffers: readonly GPUBuffer[];
  /** Workgroups of one unit. */
  readonly groups: readonly [number, number];
  /** Units of a field of view; as many as it has planes at most. */
  readonly units: number;
  /** Floating-point operations of one unit, or what costs as much. */
  readonly cost: number;
}
