/** A part of a step: some of its units (planes, or slabs of them), counted through all fields of view of a call. */
export interface Part {
  readonly step: number;
  readonly first: number;
  readonly units: number;
}

/** What a step has to do in a call: so many units, and what one of them costs. */
export interface StepWork {
  readonly units: number;
  readonly cost: number;
}

/** Where a call stands: all steps before `step` are done, and the units before `unit` of it. */
export interface Cursor {
  readonly step: number;
  readonly unit: number;
}

export const START: Cursor = { step: 0, unit: 0 };

/** WebGPU's own limit of workgroups along an axis. */
const MOST_UNITS = 65535;

/**
 * The next parts of a call, in order, that together cost no more than `budget`, but at least one unit; and where the call stands
 * then.
 */
export function takeParts(
  from: Cursor,
  steps: readonly StepWork[],
  budget: number,
): { parts: Part[]; next: Cursor; cost: number } {
  const parts: Part[] = [];
  let { step, unit } = from;
  let cost = 0;
  for (let work = steps[step]; work; work = steps[step]) {
    const affordable = Math.floor((budget - cost) / work.cost);
    const count = Math.min(
      work.units - unit,
      MOST_UNITS,
      parts.length === 0 ? Math.max(1, affordable) : affordable,
    );
    if (count <= 0) break;
    parts.push({ step, first: unit, units: count });
    cost += count * work.cost;
    unit += count;
    if (unit === work.units) {
      step++;
      unit = 0;
    }
  }
  return { parts, next: { step, unit }, cost };
}
