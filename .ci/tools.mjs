/**
 * What the start and test scripts share: running a command, installing what a machine lacks.
 * Only Node's own modules are used here, because nothing is installed yet when it runs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const cache = path.join(root, '.cache');

/** Runs a command in the project's root, its output shown; returns its exit status. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: options.quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit',
    env: { ...process.env, ...options.env },
  });
  if (result.error) console.error(`${command}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Like `run`, but a failure ends the script. */
export function must(command, args, options) {
  const status = run(command, args, options);
  if (status !== 0) {
    console.error(`Failed (${status}): ${command} ${args.join(' ')}`);
    process.exit(status);
  }
}

/** The path of a command installed with the project. */
export const bin = (name) => path.join(root, 'node_modules', '.bin', name);

/** `npm ci` once for each content of package-lock.json. */
export function installPackages() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const stamp = path.join(root, 'node_modules', '.floodlight-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing npm packages …');
  must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/** Generates the embedded sample volume when it is missing or its generator has changed. */
export function makeSample() {
  const folder = path.join(root, 'src', 'sample');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(path.join(folder, name)));
  const wanted = hash.digest('hex');
  const stamp = path.join(root, 'public', 'sample.zarr', '.made-by');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  must(bin('tsx'), ['src/sample/main.ts']);
  writeFileSync(stamp, wanted);
}

const isRoot = () => process.getuid?.() === 0;
const hasApt = () => existsSync('/usr/bin/apt-get');

/** Installs Debian packages where this user may; returns whether that worked. */
function apt(packages, options = []) {
  if (!hasApt()) return false;
  const prefix = isRoot() ? [] : ['sudo', '-n'];
  const call = (...args) => {
    const [command, ...rest] = [...prefix, 'apt-get', ...args];
    return run(command, rest, { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } }) === 0;
  };
  console.log(`Installing Debian packages: ${packages.join(' ')} …`);
  // One broken third-party source makes `update` fail although the others are fresh: the install decides.
  call('-qq', 'update');
  return call('-qq', 'install', '-y', '--no-install-recommends', ...options, ...packages);
}

const installedChromium = () =>
  [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:/Program Files/Google/Chrome/Application/chrome.exe',
  ].find((file) => file && existsSync(file));

/** Playwright's own download, if it was made before or can be made now; undefined otherwise. */
async function playwrightChromium(download) {
  const { chromium } = await import(
    path.join(root, 'node_modules', '@playwright', 'test', 'index.mjs')
  );
  if (download && !existsSync(chromium.executablePath())) {
    run(bin('playwright'), ['install', 'chromium']);
  }
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/** The path of a Chromium for the browser tests, installed when there is none. */
export async function findChromium() {
  const found = installedChromium() ?? (await playwrightChromium(false));
  if (found) return found;
  console.log('No Chromium found: trying Debian’s package, then Playwright’s download …');
  if (apt(['chromium', 'fonts-dejavu-core']) && installedChromium()) return installedChromium();
  const downloaded = await playwrightChromium(true);
  if (downloaded) return downloaded;
  console.error('No Chromium: install one and name it in CHROMIUM_PATH.');
  process.exit(1);
}

/** Names the Vulkan driver for WebGPU in Node. A real GPU's driver is left to the loader (VK_ICD_FILENAMES unset). */
export function findVulkan() {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES) return {};
  const loader = () =>
    ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].some(
      (folder) => existsSync(path.join(folder, 'libvulkan.so.1')),
    );
  if (!loader()) apt(['libvulkan1']);
  const hasGpu = existsSync('/dev/dri/renderD128') || existsSync('/dev/nvidia0');
  if (hasGpu) return {};
  const drivers = ['/usr/lib/chromium/vk_swiftshader_icd.json'];
  const found = drivers.find((file) => existsSync(file));
  return found ? { VK_ICD_FILENAMES: found } : {};
}

/** A small JSON file in .cache for what one script tells the next. */
export function cacheFile(name) {
  mkdirSync(cache, { recursive: true });
  return path.join(cache, name);
}
