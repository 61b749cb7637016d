import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Box } from '../core/box';
import type { VolumeSource } from './open-store';
import { openVolume } from './open-volume';
import { dataPath, hasData } from './testing/data';
import { type FileServer, serveFiles } from './testing/file-server';
import { openWithZarrita, readWithZarrita } from './testing/oracle';

/** Files below a folder, by their slash-separated paths. */
function filesBelow(folder: string): Map<string, Uint8Array<ArrayBuffer>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return new Map(
    names.map((name) => [
      name.split(path.sep).join('/'),
      new Uint8Array(readFileSync(path.join(folder, name))),
    ]),
  );
}

const volumes: [string, Box][] = [
  ['fib25/em.zarr', { originZyx: [60, 120, 100], shapeZyx: [9, 20, 70] }],
  ['connectomics-labels/labels.zarr', { originZyx: [120, 250, 380], shapeZyx: [10, 9, 20] }],
];

describe.runIf(hasData('fib25') && hasData('connectomics-labels')).each(volumes)(
  '%s',
  (name, box) => {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    let server: FileServer;
    let expected: string[] = [];
    beforeAll(async () => {
      for (const [file, bytes] of filesBelow(dataPath(name))) files.set(file, bytes);
      server = await serveFiles(
        new Map([
          ...[...files].map(([file, bytes]) => [`/v.zarr/${file}`, bytes] as const),
          ['/v.zip', zipSync(Object.fromEntries(files), { level: 0 })] as const,
        ]),
      );
      const finest = await openWithZarrita(dataPath(name), '/0');
      expected = (await readWithZarrita(finest, box)).map(String);
    }, 60_000);
    afterAll(() => server.close());

    const blobs = () => new Map([...files].map(([file, bytes]) => [file, new Blob([bytes])]));
    const sources: [string, () => VolumeSource][] = [
      ['by HTTP', () => `${server.url}/v.zarr`],
      ['as files of a folder', blobs],
      ['as a zip by HTTP', () => `${server.url}/v.zip`],
      [
        'as a zip at hand',
        () =>
          new File(
            [zipSync(Object.fromEntries(files), { level: 0 }) as Uint8Array<ArrayBuffer>],
            'v.zip',
          ),
      ],
    ];
    it.each(sources)(
      'has its voxels %s',
      async (_, source) => {
        const volume = await openVolume(source());
        const data = await volume.levels[0]?.readBox(box);
        expect(Array.from(data ?? [], String)).toEqual(expected);
      },
      60_000,
    );
  },
);
