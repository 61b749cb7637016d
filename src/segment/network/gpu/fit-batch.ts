import { FloodlightError } from '../../../core/errors';
import { activationBytes } from './layout';
import type { NetworkSetup } from './setup';
import { directOf } from './tiling';

/** What bounds a batch. */
export interface Room {
  /** What a network may take in all. */
  readonly freeBytes: number;
  readonly bindingBytes: number;
}

/** `fitBatch`, for kernels that need less where those asked for need more than there is. */
export function fitNetwork(
  setup: NetworkSetup,
  wanted: number,
  room: Room,
): { setup: NetworkSetup; maxBatch: number } {
  const direct = { ...setup, tiling: directOf(setup.tiling) };
  try {
    return { setup, maxBatch: fitBatch(setup, wanted, room) };
  } catch {
    return { setup: direct, maxBatch: fitBatch(direct, wanted, room) };
  }
}

/** As many fields of view as fit, `wanted` at most; BUDGET_EXCEEDED when not even one does. */
export function fitBatch(
  setup: NetworkSetup,
  wanted: number,
  { freeBytes, bindingBytes }: Room,
): number {
  const bytesOf = (fields: number) => {
    const each = Object.values(activationBytes(setup, fields));
    return { all: each.reduce((sum, bytes) => sum + bytes, 0), largest: Math.max(...each) };
  };
  const fits = (fields: number) => {
    const { all, largest } = bytesOf(fields);
    return all <= freeBytes && largest <= bindingBytes;
  };
  let fields = wanted;
  while (fields > 1 && !fits(fields)) fields--;
  if (fits(fields)) return fields;
  const { all, largest } = bytesOf(1);
  const isBinding = largest > bindingBytes;
  throw new FloodlightError('BUDGET_EXCEEDED', {
    what: 'A network of this field of view',
    neededBytes: isBinding ? largest : all,
    budgetBytes: isBinding ? bindingBytes : freeBytes,
    advice: 'Use a smaller field of view or fewer features',
  });
}
