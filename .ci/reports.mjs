/** Counts of passed and failed tests, read from the JSON reports of vitest and Playwright. */
import { existsSync, readFileSync, rmSync } from 'node:fs';

/** In CI a test that was skipped is a check that nobody made. */
const skippedFail = Boolean(process.env.CI) && process.env.CI !== 'false';

/** Counts from a runner's report; a runner that fails without naming a failed test (a crash, a stray error) adds one. */
function countsOf(file, work, read) {
  rmSync(file, { force: true });
  const status = work();
  if (!existsSync(file)) throw new Error(`the runner ended with ${status} and wrote no report.`);
  const { passed, failed, skipped } = read(JSON.parse(readFileSync(file, 'utf8')));
  if (skippedFail && skipped > 0) console.error(`${skipped} skipped tests count as failed.`);
  const allFailed = failed + (skippedFail ? skipped : 0);
  return { passed, failed: status !== 0 && allFailed === 0 ? 1 : allFailed };
}

/** Runs vitest through `work`, which returns its exit status. A file that could not be loaded counts as one failure. */
export const vitestCounts = (file, work) =>
  countsOf(file, work, (report) => ({
    passed: report.numPassedTests,
    failed:
      report.numFailedTests +
      report.testResults.filter(
        ({ status, assertionResults }) =>
          status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
      ).length,
    skipped: report.numPendingTests + report.numTodoTests,
  }));

/** Runs Playwright through `work`, which returns its exit status. */
export const playwrightCounts = (file, work) =>
  countsOf(file, work, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }));
