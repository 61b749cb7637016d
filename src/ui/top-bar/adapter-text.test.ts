import { expect, it } from 'vitest';
import type { AdapterInfo } from '../../state/store';
import { adapterText } from './adapter-text';

const adapter: AdapterInfo = {
  vendor: 'nvidia',
  architecture: 'ada',
  description: 'RTX 4070',
  isSoftware: false,
  features: ['shader-f16', 'subgroups', 'timestamp-query'],
  limits: {},
};

it('is green and short on a GPU', () => {
  expect(adapterText({ status: 'ready', adapter })).toMatchObject({
    level: 'ok',
    short: 'RTX 4070',
    detail: 'f16 · subgroups',
  });
  const unnamed = { ...adapter, description: '', features: [] };
  expect(adapterText({ status: 'ready', adapter: unnamed }).short).toBe('nvidia ada');
});

it('warns of software and says what follows', () => {
  const software = { ...adapter, architecture: 'swiftshader', isSoftware: true };
  const text = adapterText({ status: 'ready', adapter: software });
  expect(text).toMatchObject({ level: 'warning', short: 'software', detail: 'swiftshader' });
  expect(text.long).toMatch(/hardware acceleration/);
});

it('tells why there is none', () => {
  const text = adapterText({ status: 'missing', reason: 'No adapter was offered.' });
  expect(text.level).toBe('danger');
  expect(text.long).toMatch(/^No adapter was offered\. /);
});
