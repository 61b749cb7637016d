import { afterEach, expect, it, vi } from 'vitest';
import type { EngineClient } from '../engine/client';
import type { SliceView } from '../engine/protocol';
import { Session } from './session';

afterEach(() => void vi.unstubAllGlobals());

it('a view that gets another size is told to the engine before it is asked whether all is shown', async () => {
  let waiting: (() => void)[] = [];
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => waiting.push(work));
  const frame = async () => {
    const works = waiting;
    waiting = [];
    for (const work of works) {
      work();
      // As between the tasks of a frame.
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  const told: string[] = [];
  const engine = {
    setView: () => told.push('view'),
    settled: async () => void told.push('settled'),
  };
  const session = new Session(engine as unknown as EngineClient);
  const tell = () => session.setView('xy', {} as SliceView);

  requestAnimationFrame(tell);
  const settled = session.settled();
  await frame();
  // Sizes are told after the page was laid out, and passed on in the frame after that.
  requestAnimationFrame(tell);
  await frame();
  await settled;
  expect(told).toEqual(['view', 'view', 'settled']);
});
