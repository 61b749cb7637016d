/** One kernel of a network with all that it is bound to, apart from which planes a dispatch is for. */
export interface Stage {
  readonly pipeline: GPUComputePipeline;
  /** From binding 1 on. */
  readonly buffers: readonly GPUBuffer[];
  /** Workgroups of one plane. */
  readonly groups: readonly [number, number];
  /** Floating-point operations of one plane, or what costs as much. */
  readonly cost: number;
}
