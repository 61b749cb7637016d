import * as Comlink from 'comlink';
import { type ErrorRecord, fromRecord, toRecord } from '../core/errors';

/** Lets typed errors cross Comlink, thrown or as values, with code, fields and cause. Both sides call it once. */
export function installErrorTransfer(): void {
  const errors: Comlink.TransferHandler<Error, ErrorRecord> = {
    canHandle: (value): value is Error => value instanceof Error,
    serialize: (error) => [toRecord(error), []],
    deserialize: fromRecord,
  };
  const original = Comlink.transferHandlers.get('throw');
  const thrown: Comlink.TransferHandler<{ value: unknown }, ErrorRecord> = {
    canHandle: (value): value is { value: unknown } => original?.canHandle(value) ?? false,
    serialize: ({ value }) => [toRecord(value), []],
    deserialize: (record) => {
      throw fromRecord(record);
    },
  };
  Comlink.transferHandlers.set('error', errors);
  Comlink.transferHandlers.set('throw', thrown);
}
