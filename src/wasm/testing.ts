/** Modules under Node, for tests: from wasm/built, or from the folder that FLOODLIGHT_WASM names. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModuleName } from './module';

export const testModule = (name: ModuleName | 'codecs.scalar'): WebAssembly.Module =>
  new WebAssembly.Module(
    readFileSync(path.join(process.env.FLOODLIGHT_WASM ?? 'wasm/built', `${name}.wasm`)),
  );
