import { FloodlightError } from './errors';

/** Headers as they are typed, one a line: `Name: value`. BAD_PARAMETERS for a line that is none. */
export function parseHeaderLines(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      throw new FloodlightError('BAD_PARAMETERS', {
        what: 'The headers',
        // What is typed may be secret.
        reason: 'each line has to be a name, a colon and a value, as “X-Api-Key: 1234”',
      });
    headers[name] = value;
  }
  return headers;
}
