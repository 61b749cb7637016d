import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Real volumes; tests read the folder from FLOODLIGHT_DATA. */
const dataFolder = path.resolve(process.env.FLOODLIGHT_DATA ?? '../shared/data');

/** Tests that take longer than anybody waits for run when they are asked for. */
const long = process.env.FLOODLIGHT_LONG ? [] : ['**/*.long.test.ts'];

/** WGSL under Node (Dawn). One file at a time, each in a process of its own: they share one adapter. */
const onGpu = {
  pool: 'forks',
  fileParallelism: false,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    env: { FLOODLIGHT_DATA: dataFolder },
    setupFiles: ['src/codecs/testing/setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{src,e2e}/**/*.test.ts', '.ci/*.test.mjs'],
          exclude: ['**/*.gpu.test.ts', ...long],
        },
      },
      {
        extends: true,
        test: {
          ...onGpu,
          name: 'gpu',
          include: ['src/**/*.gpu.test.ts'],
          exclude: ['**/*.f16.gpu.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          // The same on an adapter with shader-f16, which SwiftShader has not: Mesa's llvmpipe.
          ...onGpu,
          name: 'f16',
          include: ['src/**/*.f16.gpu.test.ts'],
        },
      },
    ],
  },
});
