/** The sources that wasm/ is built from, by Emscripten (wasm.mjs) and natively (wasm-native.mjs): ours, zstd's and lz4's. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFile, must, root } from './tools.mjs';

/** The folder for what is fetched and built. */
export const scratch = cacheFile('wasm');

const { emcc, packages } = JSON.parse(readFileSync(path.join(root, 'wasm/sources.json'), 'utf8'));

/** The version of Emscripten that the committed modules were built with. */
export const pinnedEmcc = emcc;

/** What the compiler is told of zstd and lz4. */
export const libraryFlags = [
  ...['-isystem', path.join(scratch, 'zstd/deps/zstd/lib')],
  ...['-isystem', path.join(scratch, 'lz4/deps/lz4/lib')],
  ...['-DZSTD_DISABLE_ASM', '-DXXH_NAMESPACE=ZSTD_'],
];

/** Fetches the npm packages that ship the sources of zstd and lz4, unless they are there, and checks them. */
export function fetchSources() {
  mkdirSync(scratch, { recursive: true });
  for (const [name, { package: wanted, integrity }] of Object.entries(packages)) {
    const folder = path.join(scratch, name);
    if (existsSync(folder)) continue;
    must('npm', ['pack', wanted, '--silent', '--pack-destination', scratch], { quiet: true });
    const archive = path.join(scratch, `${wanted.replace('@', '-')}.tgz`);
    const hash = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (`sha512-${hash}` !== integrity) throw new Error(`${wanted} is not what was pinned.`);
    const unfinished = `${folder}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    must('tar', ['-xzf', archive, '-C', unfinished, '--strip-components=1']);
    renameSync(unfinished, folder);
  }
}

/** The C and C++ sources directly in a folder, as paths from the root. */
export const sourcesIn = (folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => /\.(c|cpp)$/.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
