/**
 * `npm test [-- --only STAGE,…] [file filters]`: every check there is, stage after stage, also past a failing one; the last
 * line tells `N passed, N failed`. `npm run check` (`--quick`) leaves out what needs a GPU or a browser.
 */
import { parseArgs } from 'node:util';
import { findChromium, findHalfPrecision, findVulkan } from './browser.mjs';
import { build, install } from './install.mjs';
import { playwrightCounts, vitestCounts } from './reports.mjs';
import { bin, cacheFile, freePort, run } from './tools.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, only: { type: 'string' } },
});

/** A command that is one check: it passes or fails. */
const check = (command, args) => () =>
  run(command, args) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

function vitest(project, env) {
  const report = cacheFile(`${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = ['run', '--project', project, ...reporters, ...positionals];
  return vitestCounts(report, () => run(bin('vitest'), args, { env }));
}

/** Undefined, with the reason shown, where there is none: Node may still find an adapter without it. */
const chromiumIfAny = () => findChromium().catch((error) => void console.error(error.message));

async function browserTests() {
  const chromium = await findChromium();
  await build();
  const env = {
    CHROMIUM_PATH: chromium,
    FLOODLIGHT_APP_PORT: String(await freePort()),
    FLOODLIGHT_DATA_PORT: String(await freePort()),
  };
  return playwrightCounts(cacheFile('browser.json'), () =>
    run(bin('playwright'), ['test', ...positionals], { env }),
  );
}

const stages = [
  { name: 'lint', quick: true, work: check(bin('biome'), ['check', '--error-on-warnings', '.']) },
  { name: 'types', quick: true, work: check(bin('tsc'), ['--noEmit']) },
  { name: 'wasm', work: check(process.execPath, ['.ci/wasm.mjs', '--check']) },
  { name: 'native', work: check(process.execPath, ['.ci/wasm-native.mjs']) },
  { name: 'unit', quick: true, work: () => vitest('unit', {}) },
  { name: 'gpu', work: async () => vitest('gpu', findVulkan(await chromiumIfAny())) },
  { name: 'f16', work: () => vitest('f16', findHalfPrecision()) },
  { name: 'browser', work: browserTests },
];

/** One row of the summary. A stage that breaks down, or that ran nothing, counts as one failure. */
async function outcome({ name, work }) {
  console.log(`\n── ${name}`);
  const started = performance.now();
  const counts = await Promise.resolve()
    .then(work)
    .catch((error) => void console.error(`${name}: ${error.message}`));
  const seconds = (performance.now() - started) / 1000;
  if (counts && counts.passed + counts.failed === 0) console.error(`${name}: no test ran.`);
  const ran = counts && counts.passed + counts.failed > 0;
  return { name, seconds, ...(ran ? counts : { passed: 0, failed: 1 }) };
}

const only = values.only?.split(',') ?? stages.map(({ name }) => name);
const unknown = only.filter((name) => !stages.some((stage) => stage.name === name));
const wanted = stages.filter(({ name, quick }) => only.includes(name) && (quick || !values.quick));

const rows = [];
try {
  if (unknown.length > 0) throw new Error(`There is no stage ${unknown.join(', ')}.`);
  await install();
  for (const stage of wanted) rows.push(await outcome(stage));
} catch (error) {
  console.error(`install: ${error.message}`);
  rows.push({ name: 'install', passed: 0, failed: 1, seconds: 0 });
}

console.log('\nstage      passed  failed  seconds');
for (const { name, passed, failed, seconds } of rows) {
  const cells = [
    String(passed).padStart(8),
    String(failed).padStart(8),
    seconds.toFixed(1).padStart(9),
  ];
  console.log(name.padEnd(9) + cells.join(''));
}
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') > 0 ? 1 : 0);
