/** Brings a checkout up to date: npm packages, the sample volume, the production build. Each step is skipped when it is. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alone, bin, hashOf, must, root } from './tools.mjs';

const readJson = (name) => {
  const file = path.join(root, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
};

/** Whether npm's own record of node_modules holds all that package-lock.json asks for on this machine. */
function packagesAreCurrent() {
  const { packages: installed = {} } = readJson('node_modules/.package-lock.json');
  return Object.entries(readJson('package-lock.json').packages)
    .filter(([name, wanted]) => name !== '' && !wanted.optional)
    .every(([name, wanted]) => installed[name]?.integrity === wanted.integrity);
}

function installPackages() {
  if (packagesAreCurrent()) return;
  console.log('Installing npm packages …');
  must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Makes something unless its stamp, written last, tells that it was made from the same sources. */
function make(what, stampFile, sources, work) {
  const stamp = path.join(root, stampFile);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log(`Making ${what} …`);
  work();
  writeFileSync(stamp, sources);
}

const sampleFolder = 'public/sample.zarr';
const sampleStamp = `${sampleFolder}/.made-from`;
const isTest = (name) => name.endsWith('.test.ts');

function makeSample() {
  make('the sample volume', sampleStamp, hashOf(['src/sample'], isTest), () =>
    must(bin('tsx'), ['src/sample/main.ts']),
  );
}

const buildSources = [
  ...['index.html', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'],
  ...['public', 'shaders', 'src', 'wasm', sampleStamp],
];

function makeBuild() {
  const sources = hashOf(buildSources, (name) => isTest(name) || name === sampleFolder);
  make('the production build', 'dist/.made-from', sources, () =>
    must(bin('vite'), ['build', '--logLevel', 'warn']),
  );
}

/** npm packages and the sample volume. Throws when a step fails. */
export const install = () =>
  alone(() => {
    installPackages();
    makeSample();
  });

/** The production build in dist, after `install`. Throws when it fails. */
export const build = () => alone(makeBuild);
