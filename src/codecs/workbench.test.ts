import { describe, expect, it } from 'vitest';
import { testModule } from '../wasm/testing';
import { Workbench } from './workbench';

/**
 * A module whose crc32c_verify traps for no bytes, and else returns how often it was called:
 * (if (i32.eqz (local.get 1)) (then unreachable)) (global.set 1 (i32.add (global.get 1) (i32.const 1))) (global.get 1)
 */
const counting = new WebAssembly.Module(
  Uint8Array.of(
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1],
    ...[6, 12, 2, 127, 0, 65, 128, 8, 11, 127, 1, 65, 0, 11, 7, 40, 3, 6, 109, 101, 109, 111, 114],
    ...[121, 2, 0, 11, 95, 95, 104, 101, 97, 112, 95, 98, 97, 115, 101, 3, 0, 13, 99, 114, 99, 51],
    ...[50, 99, 95, 118, 101, 114, 105, 102, 121, 0, 0, 10, 20, 1, 18, 0, 32, 1, 69, 4, 64, 0, 11],
    ...[35, 1, 65, 1, 106, 36, 1, 35, 1, 11],
  ),
);

describe('a workbench', () => {
  /** Decodes so many bytes to as many as calls were made in the instance. */
  const call = (workbench: Workbench, calls: number, lengthBytes = 10) => {
    const bytes = new Uint8Array(lengthBytes);
    return workbench.decode({ steps: [{ codec: 'crc32c' }], decodedBytes: calls, bytes }).length;
  };

  it('keeps its instance, but for one that has trapped', () => {
    const workbench = new Workbench(counting);
    expect([call(workbench, 1), call(workbench, 2)]).toEqual([1, 2]);
    expect(() => call(workbench, 1)).toThrow('it has 3 bytes instead of 1');
    expect(call(workbench, 4)).toBe(4);
    expect(() => call(workbench, 1, 0)).toThrow('the decoder broke down');
    expect(call(workbench, 1)).toBe(1);
  });

  it('drops one whose memory has grown too large', () => {
    const workbench = new Workbench(counting, 2 ** 20);
    expect([call(workbench, 1), call(workbench, 2, 2 ** 20 - 4096)]).toEqual([1, 2]);
    expect(call(workbench, 3, 2 ** 20)).toBe(3);
    expect([call(workbench, 1), call(workbench, 2)]).toEqual([1, 2]);
  });

  it('refuses what does not fit into 2 GiB', () => {
    const workbench = new Workbench(testModule('codecs'));
    const step = { codec: 'zstd', mostBytes: 2 ** 31 } as const;
    const job = { steps: [step], decodedBytes: 2 ** 31, bytes: new Uint8Array(9) };
    expect(() => workbench.decode(job)).toThrow(
      expect.objectContaining({ code: 'BUDGET_EXCEEDED' }),
    );
  });
});
