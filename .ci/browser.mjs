/** Finds, or installs, what tests need beyond npm: a Chromium, and an adapter for WebGPU under Node. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { apt, isDebian, isRoot } from './apt.mjs';
import { bin, root, run } from './tools.mjs';

const installedChromium = () =>
  [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:/Program Files/Google/Chrome/Application/chrome.exe',
  ].find((file) => file && existsSync(file));

/** Playwright's own Chromium, where it was downloaded before. */
async function playwrightChromium() {
  const { chromium } = await import('@playwright/test');
  const file = chromium.executablePath();
  return existsSync(file) ? file : undefined;
}

function downloadChromium() {
  const systemLibraries = isRoot() && existsSync('/usr/bin/apt-get') ? ['--with-deps'] : [];
  run(bin('playwright'), ['install', ...systemLibraries, 'chromium'], {
    env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '20000' },
    timeoutSeconds: 240,
  });
}

/** The path of a Chromium for the browser tests, installed when there is none; throws when that fails. */
export async function findChromium() {
  const found = installedChromium() ?? (await playwrightChromium());
  if (found) return found;
  console.log('No Chromium found.');
  if (isDebian() && apt(['chromium', 'fonts-dejavu-core']) && installedChromium()) {
    return installedChromium();
  }
  downloadChromium();
  const downloaded = await playwrightChromium();
  if (downloaded) return downloaded;
  throw new Error('No Chromium could be installed. Install one and name it in CHROMIUM_PATH.');
}

const hasVulkanLoader = () =>
  ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].some(
    (folder) => existsSync(path.join(folder, 'libvulkan.so.1')),
  );

/** The adapter that Node gets with these environment variables, in words, with `shader-f16` if it has that; empty when there is none. */
function adapterWith(env) {
  const script = `
    const { create } = await import('webgpu');
    const gpu = create([]);
    const adapter = await gpu.requestAdapter();
    const { vendor, architecture, description } = adapter?.info ?? {};
    const half = adapter?.features.has('shader-f16') ? 'shader-f16' : '';
    if (adapter) console.log(vendor, architecture, description, half);
    process.exit(0);`;
  const probe = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return probe.stdout.trim();
}

const isLinux = process.platform === 'linux';

/** Whether there may be a GPU: left alone on a machine without one, the loader may pick a Mesa too old to offer an adapter. */
const mayHaveGpu = () =>
  !isLinux ||
  process.env.VK_ICD_FILENAMES ||
  existsSync('/dev/dri/renderD128') ||
  existsSync('/dev/nvidia0');

/** The first of some environments with which Node finds an adapter, one with shader-f16 if that is wanted. */
function firstWithAdapter(environments, wantsHalf = false) {
  for (const env of environments) {
    const adapter = adapterWith(env);
    if (!adapter || (wantsHalf && !adapter.includes('shader-f16'))) continue;
    console.log(`WebGPU under Node: ${adapter}`);
    return env;
  }
  return undefined;
}

const VULKAN_DRIVERS = '/usr/share/vulkan/icd.d';

/** Mesa's software driver, llvmpipe (lavapipe), as environments. */
const lavapipe = () =>
  (existsSync(VULKAN_DRIVERS) ? readdirSync(VULKAN_DRIVERS) : [])
    .filter((name) => /^lvp_icd.*\.json$/.test(name))
    .map((name) => ({ VK_ICD_FILENAMES: path.join(VULKAN_DRIVERS, name) }));

/**
 * The environment variables with which Node finds an adapter that has shader-f16: the machine's GPU, else Mesa's llvmpipe, installed
 * when there is none. Throws when that fails.
 */
export function findHalfPrecision() {
  const find = () => firstWithAdapter([...(mayHaveGpu() ? [{}] : []), ...lavapipe()], true);
  const found = find();
  if (found) return found;
  const packages = ['libvulkan1', 'mesa-vulkan-drivers'];
  // Debian 12's own Mesa is too old to offer an adapter; its backports are not.
  const isInstalled =
    isLinux && ((isDebian() && apt(packages, { backports: true })) || apt(packages));
  const env = isInstalled ? find() : undefined;
  if (env) return env;
  throw new Error(
    'Node finds no WebGPU adapter with shader-f16. Install Mesa’s llvmpipe of 24 or later (on Debian 12: apt-get install -t bookworm-backports mesa-vulkan-drivers), or name a Vulkan driver in VK_ICD_FILENAMES.',
  );
}

/**
 * The environment variables with which Node finds a WebGPU adapter: the machine's GPU if it has one, else Chromium's
 * software driver. Throws when there is none.
 */
export function findVulkan(chromium) {
  if (isLinux && !hasVulkanLoader()) apt(['libvulkan1']);
  const folders = [
    ...(chromium ? [path.dirname(realpathSync(chromium))] : []),
    '/usr/lib/chromium',
  ];
  const software = folders
    .map((folder) => path.join(folder, 'vk_swiftshader_icd.json'))
    .filter((file) => existsSync(file))
    .map((file) => ({ VK_ICD_FILENAMES: file }));
  const env = firstWithAdapter([...(mayHaveGpu() ? [{}] : []), ...software]);
  if (env) return env;
  throw new Error('Node finds no WebGPU adapter. Name a Vulkan driver in VK_ICD_FILENAMES.');
}
