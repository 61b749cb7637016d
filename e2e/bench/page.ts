/** The benchmarks' side in the page: bundled and put there by `main.ts`. */
import { measureCase, type Series, type Suite } from './suite';

const modules = import.meta.glob<{ suite: Suite }>('./*.bench.ts', { eager: true });
const suites = Object.values(modules).map(({ suite }) => suite);

const bench = {
  suites: suites.map(({ name, units, cases }) => ({
    name,
    units,
    cases: cases.map((each) => ({ name: each.name, source: each.source })),
  })),
  measure(suiteName: string, caseName: string, runs: number, dataUrl: string): Promise<Series[]> {
    const suite = suites.find(({ name }) => name === suiteName);
    const found = suite?.cases.find(({ name }) => name === caseName);
    if (!found) throw new Error(`There is no case ${caseName} in ${suiteName}.`);
    return measureCase(found, runs, dataUrl);
  },
};

declare global {
  interface Window {
    floodlightBench: typeof bench;
  }
}
window.floodlightBench = bench;
