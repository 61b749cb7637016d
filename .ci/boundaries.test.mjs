/** Does the linter report an import across a boundary, and a cycle? */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { bin, root } from './tools.mjs';

/** The rules that a project made of these files breaks, as `file rule`. */
function violations(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'floodlight-lint-'));
  try {
    for (const name of ['biome.json', '.gitignore', '.ci/boundaries.json']) {
      cpSync(path.join(root, name), path.join(folder, name));
    }
    for (const [name, source] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), source);
    }
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
    const { stdout } = spawnSync(bin('biome'), args, { cwd: folder, encoding: 'utf8' });
    return JSON.parse(stdout)
      .diagnostics.filter(({ category }) => /noRestrictedImports|noImportCycles/.test(category))
      .map(({ category, location }) => {
        const file = typeof location.path === 'string' ? location.path : location.path.file;
        return `${file} ${category.split('/').at(-1)}`;
      })
      .sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Which import, from where, is a violation. */
const forbidden = {
  core: ['../volume/model', 'zod'],
  disk: ['../volume/model', '../engine/protocol'],
  volume: ['../gpu/device', '../engine/protocol'],
  wasm: ['../volume/model'],
  normalize: ['../volume/model', '../codecs/job'],
  codecs: ['../volume/model'],
  mesh: ['../engine/protocol', '../gpu/device'],
  exporters: ['../volume/http-store', '../segment/registry'],
  metrics: ['../volume/model'],
  gpu: ['../segment/registry', '../engine/protocol'],
  segment: ['../engine/protocol', '../state/store'],
  proofread: ['../engine/protocol'],
  models: ['../disk/private-files', '../volume/patience', '../gpu/device', '../engine/protocol'],
  engine: ['../state/store', '../ui/app', '../automation/api'],
  state: [
    '../engine/engine',
    '../gpu/memory',
    '../volume/open-volume',
    '../view/scene',
    '../ui/app',
  ],
  stage: ['../engine/protocol', '../state/store', '../view/scene'],
  view: ['../engine/client', '../stage/stage', '../ui/app', 'three'],
  ui: ['../engine/client', '../automation/api', '../disk/chunk-disk'],
  automation: ['../engine/client', '../ui/app'],
  sample: ['../volume/model'],
};

/** Which is not. */
const allowed = {
  core: ['./vec'],
  disk: ['../core/byte-file'],
  volume: ['../core/vec', '../codecs/registry', '../disk/chunk-disk', 'zarrita'],
  gpu: ['../core/vec', './memory'],
  segment: ['../gpu/device', '../volume/model', '../core/vec'],
  models: ['../core/vec', '../segment/ffn/model', 'zod'],
  engine: ['../segment/registry', '../models/read-model', '../gpu/device', '../mesh/surface'],
  state: [
    '../engine/client',
    '../engine/protocol',
    '../gpu/device',
    '../volume/model',
    '../core/vec',
  ],
  stage: ['../core/vec', 'three'],
  view: ['../state/store', '../stage/client', '../stage/protocol', '../core/vec'],
  ui: ['../state/store', '../view/scene', 'react'],
  automation: ['../state/store', '../engine/protocol', '../gpu/device'],
};

const project = (imports) =>
  Object.fromEntries(
    Object.entries(imports).flatMap(([folder, sources]) =>
      sources.flatMap((source, index) => [
        [`src/${folder}/file-${index}.ts`, `export * from '${source}';\n`],
        [
          `src/${folder}/type-${index}.ts`,
          `import type { A } from '${source}';\nexport type B = A;\n`,
        ],
      ]),
    ),
  );

test('imports across a boundary are reported, of types too', () => {
  const files = project(forbidden);
  const expected = Object.keys(files).map((name) => `${name} noRestrictedImports`);
  expect(violations(files)).toEqual(expected.sort());
});

test('imports along the layers are not', () => {
  expect(violations(project(allowed))).toEqual([]);
});

test('nested folders and dynamic imports are seen as well', () => {
  const files = {
    'src/view/deep/a.ts': `export const a = () => import('../../engine/engine');\n`,
    'src/segment/fill/a.ts': `export { a } from '../../ui/app';\nexport { b } from '../registry';\n`,
  };
  const expected = Object.keys(files).map((name) => `${name} noRestrictedImports`);
  expect(violations(files)).toEqual(expected.sort());
});

test('cycles are reported', () => {
  const found = violations({
    'src/core/a.ts': `import { b } from './b';\nexport const a = (): number => b();\n`,
    'src/core/b.ts': `import { a } from './a';\nexport const b = (): number => a();\n`,
  });
  expect(found).toEqual(['src/core/a.ts noImportCycles', 'src/core/b.ts noImportCycles']);
});

test('each folder of src has its rules', () => {
  const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(names.filter((name) => !(name in forbidden))).toEqual([]);
});
