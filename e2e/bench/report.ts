import { cpus, totalmem } from 'node:os';
import type { AdapterInfo } from '../../src/gpu/device';
import type { Series } from './suite';

export interface Result {
  readonly suite: string;
  readonly case: string;
  readonly contender: string;
  readonly metric: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface Report {
  readonly adapter: Pick<
    AdapterInfo,
    'vendor' | 'architecture' | 'description' | 'isSoftware'
  > | null;
  readonly features: readonly string[];
  readonly machine: string;
  readonly date: string;
  readonly results: readonly Result[];
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? Number.NaN)) / 2;
}

export const summarize = (
  { contender, metric, values }: Series,
  where: { readonly suite: string; readonly case: string; readonly unit: string },
): Result => ({
  suite: where.suite,
  case: where.case,
  contender,
  metric,
  unit: where.unit,
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  runs: values.length,
});

/** Processor, memory, system, browser. */
export const describeMachine = (browser: string): string =>
  [
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `${process.platform} ${process.arch}`,
    `Chromium ${browser}`,
  ].join(', ');

/** Rows of equal-width columns; the first `textColumns` aligned left, the others right. */
export function formatTable(rows: readonly (readonly string[])[], textColumns: number): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column < textColumns ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

const digits = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

export const resultTable = (results: readonly Result[]): string =>
  formatTable(
    [
      ['suite', 'case', 'metric', 'contender', 'unit', 'median', 'min', 'max', 'runs'],
      ...results.map((result) => [
        ...[result.suite, result.case, result.metric, result.contender, result.unit],
        ...[digits(result.median), digits(result.min), digits(result.max), String(result.runs)],
      ]),
    ],
    5,
  );
