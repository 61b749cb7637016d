/**
 * `npm run wasm [-- --check] [module …]`: builds the modules of wasm/ with Emscripten into wasm/built, where they are
 * committed. With `--check` it builds them elsewhere, and fails when they differ from what is committed; they are compared
 * only if this is the Emscripten that the committed ones were built with, which CI has.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { apt } from './apt.mjs';
import { alone, must, root } from './tools.mjs';
import { fetchSources, libraryFlags, pinnedEmcc, scratch, sourcesIn } from './wasm-sources.mjs';

const builtFolder = 'wasm/built';

const output = (command, args) =>
  spawnSync(command, args, { encoding: 'utf8', cwd: root }).stdout?.trim() ?? '';

/** For modules that call zstd and lz4: emcc adds what these need of the C library. */
function linkWithLibraries(objects, out) {
  must('emcc', [
    ...['-O3', '-sSTANDALONE_WASM', '--no-entry', '-sALLOW_MEMORY_GROWTH=1'],
    ...['-sMAXIMUM_MEMORY=2GB', '-sTOTAL_STACK=262144', '-Wl,--export=__heap_base'],
    ...[...objects, '-o', out],
  ]);
}

/** For modules that need no library: LLVM's own linker, because emcc refuses standalone modules with shared memory. */
function linkBare(objects, out, more = []) {
  const folder = output('em-config', ['LLVM_ROOT']);
  const linker = readdirSync(folder).find((name) => /^wasm-ld(-\d+)?$/.test(name)) ?? 'wasm-ld';
  must(path.join(folder, linker), [
    ...['--no-entry', '--strip-all', '--export=__heap_base', '-z', 'stack-size=65536'],
    ...['--initial-memory=1048576', `--max-memory=${2 ** 31}`, ...more, ...objects, '-o', out],
  ]);
}

/** Memory that workers share is imported; each worker sets a stack pointer of its own. */
const linkShared = (objects, out) =>
  linkBare(objects, out, ['--shared-memory', '--import-memory', '--export=__stack_pointer']);

const simd = ['-msimd128', '-mbulk-memory'];
const codecs = { folders: ['wasm/codecs', 'wasm/normalize'], link: linkWithLibraries };
const segment = { folders: ['wasm/segment'], link: linkBare };
const network = { folders: ['wasm/network'], link: linkBare };
/** What a module takes to work in several threads. */
const threads = { flags: [...simd, '-matomics', '-mmutable-globals'], link: linkShared };

/** The modules: all C and C++ sources of some folders, compiled with these flags, linked so. */
const modules = {
  codecs: { ...codecs, flags: simd },
  // For tests and benchmarks: what our own SIMD is measured against.
  'codecs.scalar': { ...codecs, flags: ['-mbulk-memory'] },
  segment: { ...segment, flags: simd },
  'segment.threads': { ...segment, ...threads },
  network: { ...network, flags: simd },
  'network.threads': { ...network, ...threads },
  'network.relaxed.threads': {
    ...network,
    ...threads,
    flags: [...threads.flags, '-DFLOODLIGHT_RELAXED_SIMD'],
  },
};

const commonFlags = [
  ...['-O3', '-DNDEBUG', '-fno-exceptions', '-fno-rtti', '-Wall', '-Wextra', '-Werror'],
  ...libraryFlags,
];

/** Emscripten's version, such as 3.1.6; empty where it is not installed. */
const emccVersion = () => /\b\d+\.\d+\.\d+\b/.exec(output('emcc', ['--version']))?.[0] ?? '';

/** Emscripten's version, after installing it where there is none; throws when that fails. */
function findEmcc() {
  if (emccVersion() === '') apt(['emscripten']);
  const version = emccVersion();
  if (version === '')
    throw new Error(`There is no emcc. Install Emscripten ${pinnedEmcc} or newer.`);
  console.log(`emcc ${version}`);
  return version;
}

function buildModule(name, outFolder) {
  const { folders, flags, link } = modules[name];
  const objectFolder = path.join(scratch, 'objects', name);
  rmSync(objectFolder, { recursive: true, force: true });
  mkdirSync(objectFolder, { recursive: true });
  const objects = folders.flatMap(sourcesIn).map((source) => {
    const object = path.join(objectFolder, `${source.replaceAll('/', '-')}.o`);
    const standard = source.endsWith('.cpp') ? ['-std=c++20'] : [];
    must('emcc', ['-c', ...commonFlags, ...standard, ...flags, source, '-o', object]);
    return object;
  });
  link(objects, path.join(outFolder, `${name}.wasm`));
}

/** Whether a built module is byte for byte the committed one. */
function isCommitted(name, folder) {
  const committed = path.join(root, builtFolder, `${name}.wasm`);
  const fresh = readFileSync(path.join(folder, `${name}.wasm`));
  return existsSync(committed) && fresh.equals(readFileSync(committed));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(modules);
const outFolder = values.check ? path.join(scratch, 'check') : path.join(root, builtFolder);

/** Throws when what was built is not what is committed. */
function compare(version) {
  const differ = names.filter((name) => !isCommitted(name, outFolder));
  if (differ.length === 0) return;
  const what = `${builtFolder} is not what the sources build: ${differ.join(', ')}.`;
  if (version === pinnedEmcc) throw new Error(`${what} Run npm run wasm and commit.`);
  if (process.env.CI) throw new Error(`CI compares with emcc ${pinnedEmcc}, this is ${version}.`);
  console.log(`Not compared: the committed modules were built with emcc ${pinnedEmcc}.`);
}

async function main() {
  const unknown = names.filter((name) => !(name in modules));
  if (unknown.length > 0) throw new Error(`There is no module ${unknown.join(', ')}.`);
  await alone(() => {
    const version = findEmcc();
    fetchSources();
    mkdirSync(outFolder, { recursive: true });
    for (const name of names) {
      buildModule(name, outFolder);
      const { length } = readFileSync(path.join(outFolder, `${name}.wasm`));
      console.log(`${name}.wasm: ${length} bytes`);
    }
    if (values.check) compare(version);
  });
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
