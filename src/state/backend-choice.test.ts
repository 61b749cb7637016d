import { expect, it } from 'vitest';
import { startBackend } from './backend-choice';

it('takes the address first, and nothing that it does not know', () => {
  expect(startBackend('?backend=cpu')).toBe('cpu');
  expect(startBackend('?source=x&backend=webgpu')).toBe('webgpu');
  expect(startBackend('?backend=cuda')).toBe('auto');
  expect(startBackend('')).toBe('auto');
});
