/** `npm run bench`: brings the checkout up to date, then runs the benchmarks (see e2e/bench/main.ts for the options). */
import { findChromium } from './browser.mjs';
import { build, install } from './install.mjs';
import { bin, run } from './tools.mjs';

try {
  await install();
  await build();
  const env = { CHROMIUM_PATH: await findChromium() };
  process.exit(run(bin('tsx'), ['e2e/bench/main.ts', ...process.argv.slice(2)], { env }));
} catch (error) {
  console.error(`The benchmarks could not be started. ${error.message}`);
  process.exit(1);
}
