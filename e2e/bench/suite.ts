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

/**
 * Runs a case: each contender once to warm up, its answer compared, then `runs` rounds in which the contenders take turns, each
 * round beginning with another. Throws when the answers differ.
 */
export async function measureCase(
  benchCase: BenchCase,
  runs: number,
  dataUrl: string,
): Promise<Series[]> {
  const contenders = await benchCase.prepare(dataUrl);
  const answers: string[] = [];
  for (const contender of contenders) {
    await contender.run();
    answers.push(`${contender.name}: ${await contender.answer()}`);
    await contender.rest?.();
  }
  if (new Set(answers.map((answer) => answer.replace(/^[^:]*: /, ''))).size > 1) {
    throw new Error(`The answers of “${benchCase.name}” differ. ${answers.join('; ')}`);
  }

  const series = new Map<string, Series>();
  for (let round = 0; round < runs; round++) {
    const shift = round % contenders.length;
    for (const contender of [...contenders.slice(shift), ...contenders.slice(0, shift)]) {
      for (const [metric, value] of Object.entries(await contender.run())) {
        const key = `${contender.name} ${metric}`;
        const known = series.get(key) ?? { contender: contender.name, metric, values: [] };
        known.values.push(value);
        series.set(key, known);
      }
      await contender.rest?.();
    }
  }
  return [...series.values()].sort((a, b) => a.metric.localeCompare(b.metric));
}
