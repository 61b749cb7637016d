import type { BackendChoice } from '../engine/protocol';
import { storedChoice } from './stored-choice';

export const BACKEND_CHOICES = ['auto', 'webgpu', 'cpu'] as const satisfies BackendChoice[];

/** What the user chose in the settings. */
export const storedBackend = storedChoice<BackendChoice>('floodlight.backend', [
  ...BACKEND_CHOICES,
]);

/** What the page starts with: `?backend=webgpu` or `cpu` in its address, else what the user chose before. */
export function startBackend(search: string): BackendChoice {
  const asked = new URLSearchParams(search).get('backend');
  return BACKEND_CHOICES.find((choice) => choice === asked) ?? storedBackend.read();
}
