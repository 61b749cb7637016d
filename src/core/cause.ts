import { isFloodlightError } from './errors';

/** The host of an address; of a local source its name. */
const originOf = (source: string): string =>
  /^\w+:\/\/([^/]+)/.exec(source)?.[1] ?? source.replace(/\/.*$/, '');

/** The same for all failures of one cause, however many files meet it: the code, a status, and where from. */
export function causeOf(error: unknown): string {
  if (!isFloodlightError(error)) return String(error);
  const { code, fields } = error;
  const source = 'url' in fields ? fields.url : 'array' in fields ? fields.array : '';
  return [code, ...('status' in fields ? [fields.status] : []), originOf(source)].join(' ');
}
