/** `tsx write-corpus.ts FOLDER`: the corpus as the files that wasm/native/fuzz.cpp reads. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { corpus } from './corpus';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: write-corpus FOLDER');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [number, { codec, encoded, decoded }] of (await corpus()).entries())
  writeFileSync(path.join(folder, `${codec}-${decoded.length}-${number}`), encoded);
