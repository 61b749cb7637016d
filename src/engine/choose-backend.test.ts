import { describe, expect, it } from 'vitest';
import type { AdapterInfo } from '../gpu/device';
import { chooseBackend } from './choose-backend';

const adapter = (isSoftware: boolean, features: string[] = []): AdapterInfo => ({
  vendor: 'v',
  architecture: 'a',
  device: '',
  description: '',
  isSoftware,
  subgroupSize: 0,
  features,
  limits: {},
});

describe('the backend', () => {
  it.each([
    ['auto', null, 'cpu', /no WebGPU adapter/],
    ['auto', adapter(true), 'cpu', /software/],
    ['auto', adapter(false), 'webgpu', /GPU/],
    ['cpu', adapter(false), 'cpu', /You chose/],
    ['webgpu', adapter(true), 'webgpu', /You chose/],
    ['webgpu', null, 'cpu', /You chose WebGPU, but/],
  ] as const)('%s with %o is %s', (choice, given, id, reason) => {
    const backend = chooseBackend(choice, given, 2);
    expect(backend).toMatchObject({ id, choice, threads: 2 });
    expect(backend.reason).toMatch(reason);
  });

  it.each([
    ['auto', adapter(false, ['shader-f16']), null],
    ['auto', adapter(false), /shader-f16/],
    ['cpu', adapter(false, ['shader-f16']), /processor/],
    ['auto', adapter(true, ['shader-f16']), /processor/],
  ] as const)('%s with %o has networks in f16, or says why not', (choice, given, why) => {
    const { withoutF16 } = chooseBackend(choice, given, 2);
    if (why) expect(withoutF16).toMatch(why);
    else expect(withoutF16).toBeNull();
  });
});
