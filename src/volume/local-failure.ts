import { FloodlightError } from '../core/errors';

/** Whether it is an error of one of these names, as browsers' own have them. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/**
 * What failed when a source of this machine was read, under the name of the whole source, so that it is told once:
 * PERMISSION_DENIED where the browser may not read it, SOURCE_CHANGED where a file is gone or not what it was.
 */
export function localFailure(error: unknown, url: string): unknown {
  if (isNamed(error, 'NotAllowedError', 'SecurityError'))
    return new FloodlightError('PERMISSION_DENIED', { url }, error);
  if (isNamed(error, 'NotReadableError', 'NotFoundError', 'InvalidStateError'))
    return new FloodlightError('SOURCE_CHANGED', { url }, error);
  return error;
}
