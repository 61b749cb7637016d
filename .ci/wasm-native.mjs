/**
 * `node .ci/wasm-native.mjs [--buffers N]`: builds the sources of wasm/ natively with the sanitizers of addresses and of
 * undefined behaviour, and has them decode N damaged buffers and work on random volumes (wasm/native). Fails on any finding.
 */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { apt } from './apt.mjs';
import { alone, bin, must, root } from './tools.mjs';
import { fetchSources, libraryFlags, scratch, sourcesIn } from './wasm-sources.mjs';

const { values } = parseArgs({ options: { buffers: { type: 'string', default: '50000' } } });

const folder = path.join(scratch, 'native');
const program = path.join(folder, 'fuzz');
const corpus = path.join(folder, 'corpus');
const folders = ['codecs', 'normalize', 'segment', 'network', 'native'].map(
  (name) => `wasm/${name}`,
);

const commonFlags = [
  // g++ does not know clang's pragmas.
  '-Wno-unknown-pragmas',
  ...['-g1', '-fno-omit-frame-pointer', '-Wall', '-Wextra', '-Werror', ...libraryFlags],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
];
const cppFlags = ['-x', 'c++', '-std=c++20', '-O1'];
/** zstd is large: optimized, it would take most of the time. */
const cFlags = ['-x', 'c', '-O0'];

/** Whether a compiler links with the sanitizers: a clang may come without their libraries. */
function works(compiler) {
  const args = ['-x', 'c++', '-', '-fsanitize=address,undefined', '-o', path.join(folder, 'probe')];
  return spawnSync(compiler, args, { input: 'int main() {}' }).status === 0;
}

/** A compiler with sanitizers: the newest of Debian's LLVM, or what is in the path; g++ is installed where there is none. */
function findCompiler() {
  const debian = '/usr/lib';
  const newestFirst = (existsSync(debian) ? readdirSync(debian) : [])
    .filter((name) => /^llvm-\d+$/.test(name))
    .sort((a, b) => Number(b.slice(5)) - Number(a.slice(5)));
  const candidates = newestFirst.map((name) => path.join(debian, name, 'bin/clang++'));
  const find = () => [...candidates, 'clang++', 'g++'].find(works);
  const compiler = find() ?? (apt(['g++']) ? find() : undefined);
  if (compiler === undefined) throw new Error('There is neither clang++ nor g++ with sanitizers.');
  return compiler;
}

/** Compiles a source; throws what the compiler says when that fails. */
async function compile(compiler, source) {
  const object = path.join(folder, `${source.replaceAll('/', '-')}.o`);
  const flags = [...commonFlags, ...(source.endsWith('.cpp') ? cppFlags : cFlags)];
  await promisify(execFile)(compiler, [...flags, '-c', source, '-o', object], { cwd: root });
  return object;
}

/** Builds the program, on all cores. */
async function build(compiler) {
  const sources = folders.flatMap(sourcesIn);
  const objects = [];
  const work = async () => {
    for (let source = sources.shift(); source !== undefined; source = sources.shift())
      objects.push(await compile(compiler, source));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  must(compiler, [...commonFlags, ...objects, '-o', program]);
}

async function main() {
  await alone(async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    fetchSources();
    await build(findCompiler());
    must(bin('tsx'), ['src/codecs/testing/write-corpus.ts', corpus]);
  });
  must(program, [corpus, values.buffers]);
}

main().catch((error) => {
  console.error(error.stderr || error.message);
  process.exit(1);
});
