/** Arrays written for a test, served on the loopback, and opened as volumes. */
import { afterAll } from 'vitest';
import { bytesOf, type Dtype, type VoxelArray } from '../../core/dtype';
import type { Zyx } from '../../core/vec';
import { type OpenVolumeOptions, openVolume } from '../open-volume';
import { type ArraySpec, type Files, putArray } from './array-files';
import { type Fault, type FileServer, serveFiles } from './file-server';

const servers: FileServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});
export async function serve(files: Files, fault?: (key: string) => Fault | undefined) {
  const server = await serveFiles(files, fault);
  servers.push(server);
  return server;
}

export const bytesIn = ({ buffer, byteOffset, byteLength }: VoxelArray) =>
  Buffer.from(buffer, byteOffset, byteLength);

export const SHAPE: Zyx = [37, 70, 101];

/** Values that use every byte of the dtype, negative ones and fractions included. */
export const valueAt = (dtype: Dtype) => (index: number) => {
  if (dtype === 'uint64') return (BigInt(index) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  if (dtype === 'uint32') return mixed;
  if (dtype === 'int16') return (mixed >>> 16) - 32768;
  if (dtype === 'float32') return Math.fround((mixed - 2 ** 31) / 1e4);
  return mixed >>> (32 - 8 * bytesOf[dtype]);
};

export const spec = (dtype: Dtype, more: Partial<ArraySpec> = {}): ArraySpec => ({
  version: 3,
  dtype,
  shape: SHAPE,
  chunks: [16, 33, 40],
  valueAt: valueAt(dtype),
  ...more,
});

export async function bare(
  array: ArraySpec,
  fault?: (key: string) => Fault | undefined,
  options?: OpenVolumeOptions,
) {
  const files: Files = new Map();
  await putArray(files, '', array);
  const server = await serve(files, fault);
  const volume = await openVolume(server.url, options);
  const [level] = volume.levels;
  if (!level) throw new Error('no level');
  return { files, server, volume, level };
}
