import { expect, it } from 'vitest';
import type { AdapterInfo, BackendInfo } from '../../state/store';
import { adapterText } from './adapter-text';

const adapter: AdapterInfo = {
  vendor: 'nvidia',
  architecture: 'ada',
  device: '',
  description: 'RTX 4070',
  isSoftware: false,
  subgroupSize: 0,
  features: ['shader-f16', 'subgroups', 'timestamp-query'],
  limits: {},
};
const webgpu: BackendInfo = {
  ...{ id: 'webgpu', choice: 'auto', reason: 'There is a GPU.', threads: 4 },
  withoutF16: null,
};
const cpu: BackendInfo = {
  ...{ id: 'cpu', choice: 'auto', reason: 'It is faster here.', threads: 2 },
  withoutF16: 'it is the processor',
};

it('is green and short on a GPU', () => {
  expect(adapterText({ status: 'ready', adapter }, webgpu)).toMatchObject({
    level: 'ok',
    short: 'RTX 4070',
    detail: 'f16 · subgroups',
    long: 'Slices are drawn and fills computed by RTX 4070. There is a GPU.',
  });
  const unnamed = { ...adapter, description: '', features: [] };
  expect(adapterText({ status: 'ready', adapter: unnamed }, webgpu).short).toBe('nvidia ada');
});

it('warns of software and says what fills run on and why', () => {
  const software = { ...adapter, architecture: 'swiftshader', isSoftware: true };
  const state = { status: 'ready', adapter: software } as const;
  const text = adapterText(state, cpu);
  expect(text).toMatchObject({ level: 'warning', short: 'software', detail: 'CPU, 2 threads' });
  expect(text.long).toMatch(/hardware acceleration.*processor in 2 threads\. It is faster here\./);
  expect(adapterText(state, webgpu)).toMatchObject({ level: 'warning', detail: 'swiftshader' });
});

it('tells why there is none, and what works without', () => {
  const state = { status: 'missing', reason: 'No adapter was offered.' } as const;
  const text = adapterText(state, { ...cpu, threads: 1 });
  expect(text).toMatchObject({ level: 'danger', detail: 'CPU, 1 thread' });
  expect(text.long).toMatch(/^No adapter was offered\. .*in 1 thread\. /);
});

it('waits for both', () => {
  expect(adapterText({ status: 'ready', adapter }, null).level).toBe('unknown');
  expect(adapterText({ status: 'starting' }, cpu).level).toBe('unknown');
});
