/** What a benchmark is made of. Suites run in the page; `main.ts` drives them. */

/** What one run measured: a number for each of the suite's metrics. */
export type Measurement = { readonly [metric: string]: number };

export interface Contender {
  /** `floodlight/<variant>`, a peer's npm name, or `plain-js`. */
  readonly name: string;
  /** One timed run. */
  run(): Promise<Measurement>;
  /** A digest of the last run's answer: the same for all contenders of a case. */
  answer(): Promise<string>;
  /** Ends what a run has left going on, so that the next contender has the machine for itself. */
  rest?(): Promise<void>;
}

export interface BenchCase {
  readonly name: string;
  /** The volume, as a path below FLOODLIGHT_DATA; null for the page's own sample. */
  readonly source: string | null;
  /** For cases that take minutes: no more runs than these, however many are asked for, and no warm-up where it is one. */
  readonly mostRuns?: number;
  /** Makes the contenders, with all the data they need in memory. The volume is open; `dataUrl` serves FLOODLIGHT_DATA. */
  prepare(dataUrl: string): Promise<Contender[]>;
}

export interface Suite {
  readonly name: string;
  /** The unit of each metric. */
  readonly units: { readonly [metric: string]: string };
  readonly cases: readonly BenchCase[];
}

/** All values of one metric of one contender, in the order of the runs. */
export interface Series {
  readonly contender: string;
  readonly metric: string;
  readonly values: number[];
}

function checkAnswers(caseName: string, answers: ReadonlyMap<string, string>): void {
  if (new Set(answers.values()).size <= 1) return;
  const each = [...answers].map(([contender, answer]) => `${contender}: ${answer}`);
  throw new Error(`The answers of “${caseName}” differ. ${each.join('; ')}`);
}

/**
 * Runs a case: each contender once to warm up, its answer compared, then `runs` rounds in which the contenders take turns, each
 * round beginning with another. Throws when the answers differ. A case of one run has no warm-up.
 */
export async function measureCase(
  benchCase: BenchCase,
  runs: number,
  dataUrl: string,
): Promise<Series[]> {
  const contenders = await benchCase.prepare(dataUrl);
  const answers = new Map<string, string>();
  const series = new Map<string, Series>();
  const rounds = Math.min(runs, benchCase.mostRuns ?? runs);
  for (let round = benchCase.mostRuns === 1 ? 0 : -1; round < rounds; round++) {
    const shift = Math.max(0, round) % contenders.length;
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      const measured = await contender.run();
      if (!answers.has(contender.name)) answers.set(contender.name, await contender.answer());
      await contender.rest?.();
      if (round < 0) continue;
      for (const [metric, value] of Object.entries(measured)) {
        const key = `${contender.name} ${metric}`;
        const known = series.get(key) ?? { contender: contender.name, metric, values: [] };
        known.values.push(value);
        series.set(key, known);
      }
    }
    checkAnswers(benchCase.name, answers);
  }
  return [...series.values()].sort((a, b) => a.metric.localeCompare(b.metric));
}
