import { expect, it } from 'vitest';
import { exporters } from './registry';

it('lists each exporter once, with what a save dialog needs', () => {
  expect(new Set(exporters.map(({ id }) => id)).size).toBe(exporters.length);
  for (const { label, extension, mediaType } of exporters) {
    expect(label).not.toBe('');
    expect(extension).toMatch(/^[a-z][a-z.]*$/);
    expect(mediaType).toMatch(/^[a-z]+\/[a-z-]+$/);
  }
});
