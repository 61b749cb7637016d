import { FloodlightError } from '../../../core/errors';
import { activationBytes } from './layout';
import type { NetworkSetup } from './setup';

/** What bounds a batch. */
export interface Room {
  /** What a network may take in all. */
  readonly freeBytes: number;
  readonly bindingBytes: number;
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
