import { afterEach, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { abortable, installCodecs, PLANNED_CODEC, recycle } from './install';
import type { DecodeJob, DecodePlan } from './job';
import { testCoder } from './testing/coder';

afterEach(() => installCodecs(testCoder));

/** An array of one chunk of 4 bytes, as zarrita opens it. */
async function open(plan: DecodePlan, chunk: Uint8Array) {
  const document = {
    zarr_format: 3,
    node_type: 'array',
    shape: [4],
    data_type: 'uint8',
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [4] } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    codecs: [{ name: 'bytes' }, { name: PLANNED_CODEC, configuration: plan }],
    fill_value: 0,
    attributes: {},
  };
  const metadata = new TextEncoder().encode(JSON.stringify(document));
  const get = async (key: string) => (key === '/zarr.json' ? metadata : chunk);
  return zarr.open.v3({ get }, { kind: 'array' });
}

const plan: DecodePlan = { steps: [{ codec: 'gzip', mostBytes: 4 }], decodedBytes: 4 };

describe('installed codecs', () => {
  it('decode as planned, whoever fetched the bytes, with the signal they came with', async () => {
    const jobs: [DecodeJob, AbortSignal | undefined][] = [];
    installCodecs({
      async decode(job, signal) {
        jobs.push([job, signal]);
        return Uint8Array.of(1, 2, 3, 4);
      },
      recycle: () => {},
    });
    const { signal } = new AbortController();
    const [plain, signalled] = [Uint8Array.of(7), Uint8Array.of(8)];
    for (const chunk of [plain, abortable(signalled, signal)]) {
      const array = await open(plan, chunk);
      expect((await array.getChunk([0])).data).toEqual(Uint8Array.of(1, 2, 3, 4));
    }
    expect(jobs).toEqual([
      [{ ...plan, bytes: plain }, undefined],
      [{ ...plan, bytes: signalled }, signal],
    ]);
  });

  it('get back chunks that own their buffer', () => {
    const buffers: ArrayBuffer[] = [];
    installCodecs({ ...testCoder, recycle: (buffer) => void buffers.push(buffer) });
    const whole = new Uint16Array(5);
    recycle(whole);
    recycle(whole.subarray(1));
    recycle(new Uint8Array(new SharedArrayBuffer(4)));
    expect(buffers).toEqual([whole.buffer]);
  });

  it('refuse bytes that are too many to be a chunk, and raw ones of another length', async () => {
    const long = await open(plan, new Uint8Array(2 * 4 + 65537));
    const raw = await open({ steps: [], decodedBytes: 4 }, new Uint8Array(5));
    for (const [array, reason] of [
      [long, 'it has 65545 bytes as stored, more than 65544'],
      [raw, 'it has 5 bytes instead of 4'],
    ] as const)
      await expect(array.getChunk([0])).rejects.toMatchObject({
        cause: { code: 'CODEC_FAILED', fields: { codec: 'bytes', reason } },
      });
  });
});
