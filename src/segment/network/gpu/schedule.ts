/** A part of a step: some planes (z), counted through all fields of view of a call. */
export interface Part {
  readonly step: number;
  readonly firstPlane: number;
  readonly planes: number;
}

/** Where a call stands: all steps before `step` are done, and the planes before `plane` of it. */
export interface Cursor {
  readonly step: number;
  readonly plane: number;
}

export const START: Cursor = { step: 0, plane: 0 };

/** WebGPU's own limit of workgroups along an axis. */
const MOST_PLANES = 65535;

/**
 * The next parts of a call, in order, that together cost no more than `budget`, but at least one plane; and where the call stands
 * then. `costs` has what one plane of each step costs.
 */
export function takeParts(
  from: Cursor,
  costs: readonly number[],
  planes: number,
  budget: number,
): { parts: Part[]; next: Cursor; cost: number } {
  const parts: Part[] = [];
  let { step, plane } = from;
  let cost = 0;
  while (step < costs.length) {
    const each = costs[step] ?? 0;
    const affordable = Math.floor((budget - cost) / each);
    const count = Math.min(
      planes - plane,
      MOST_PLANES,
      parts.length === 0 ? Math.max(1, affordable) : affordable,
    );
    if (count <= 0) break;
    parts.push({ step, firstPlane: plane, planes: count });
    cost += count * each;
    plane += count;
    if (plane === planes) {
      step++;
      plane = 0;
    }
  }
  return { parts, next: { step, plane }, cost };
}
