import type { z } from 'zod';
import { FloodlightError } from '../core/errors';

export const badMetadata = (url: string, reason: string, cause?: unknown) =>
  new FloodlightError('BAD_METADATA', { url, reason }, cause);

/** The value as the schema has it; BAD_METADATA names the first place that does not fit. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, url: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join('.') || 'the document';
  throw badMetadata(url, `${place}: ${issue?.message ?? 'invalid'}`, result.error);
}
