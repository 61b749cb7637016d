import { beforeEach, expect, it, vi } from 'vitest';
import { causeOf } from '../core/cause';
import { FloodlightError, toRecord } from '../core/errors';
import type { EngineClient } from '../engine/client';
import type { EngineEvent, UnreadBricks } from '../engine/protocol';
import { volumeInfo } from '../volume/testing/volume-info';
import { commandById } from './commands';
import { Session } from './session';

const failure = (file: string, status = 500) =>
  new FloodlightError('HTTP_STATUS', { url: `http://host/${file}`, status });
const unread = (bricks: number, error: Error): UnreadBricks => ({
  cause: causeOf(error),
  bricks,
  error: toRecord(error),
});

let session: Session;
let tell: (...unread: readonly UnreadBricks[]) => void;
const engine = {
  start: async (onEvent: (event: EngineEvent) => void) => {
    tell = (...told) => {
      const statistics = { unread: told, bricksFailed: 0 };
      onEvent({ type: 'statistics', statistics } as unknown as EngineEvent);
    };
    return null;
  },
  open: async () => volumeInfo({}),
  settled: async () => {},
  setDisplay: () => {},
  models: async () => ({ models: [], damaged: [] }),
  histogram: vi.fn(async () => ({ low: 0, high: 255, counts: [1] })),
  retryFailed: vi.fn(),
};
const said = () => session.state.notices.map(({ text }) => text);
const open = () => session.opener.open('https://host/a.zarr');

beforeEach(async () => {
  vi.stubGlobal('document', { baseURI: 'https://page.example/', documentElement: { dataset: {} } });
  session = new Session(engine as unknown as EngineClient);
  await session.start();
});

it('bricks that fail of one cause are said once, counted, and no more once they are read', () => {
  tell(unread(1, failure('a')));
  expect(said()).toEqual([failure('a').message]);
  expect(session.state.lastError).toMatchObject({ code: 'HTTP_STATUS' });
  tell(unread(41, failure('a')), unread(2, failure('b', 403)));
  expect(said()).toEqual([
    `41 bricks could not be read: ${failure('a').message}`,
    `2 bricks could not be read: ${failure('b', 403).message}`,
  ]);
  tell(unread(2, failure('b', 403)));
  expect(said()).toEqual([`2 bricks could not be read: ${failure('b', 403).message}`]);
  tell();
  expect(said()).toEqual([]);
});

it('what is closed stays closed until it is over, or another volume is open', async () => {
  const close = () => {
    for (const { key } of session.state.notices) session.dismissNotice(key);
  };
  tell(unread(1, failure('a')));
  close();
  tell(unread(2, failure('a')));
  expect(said()).toEqual([]);
  tell();
  tell(unread(3, failure('a')));
  expect(said().length).toBe(1);
  close();
  await open();
  tell(unread(3, failure('a')));
  expect(said().length).toBe(1);
});

it('the histogram is said with bricks of the same cause, and read again with them', async () => {
  engine.histogram.mockRejectedValueOnce(failure('h'));
  tell(unread(5, failure('a')));
  await open();
  tell(unread(5, failure('a')));
  await expect.poll(() => session.state.histogramFailure).not.toBeNull();
  expect(said()).toEqual([`5 bricks could not be read: ${failure('a').message}`]);
  await commandById('retry-failed').run(session);
  expect(engine.retryFailed).toHaveBeenCalled();
  tell();
  await expect.poll(() => session.state.histogram?.counts).toEqual([1]);
  expect([session.state.histogramFailure, said()]).toEqual([null, []]);
});

it('the histogram alone is said, can be read again, and is said no more then', async () => {
  const { isEnabled } = commandById('retry-failed');
  engine.histogram.mockRejectedValueOnce(failure('h'));
  await open();
  await expect.poll(said).toEqual([failure('h').message]);
  tell();
  expect([said().length, isEnabled?.(session.state)]).toEqual([1, true]);
  await commandById('retry-failed').run(session);
  await expect.poll(said).toEqual([]);
  expect(isEnabled?.(session.state)).toBe(false);
});

it('of a volume that is no longer open the histogram is nobody’s', async () => {
  let fail = () => {};
  engine.histogram.mockImplementationOnce(
    () =>
      new Promise((_, reject) => {
        fail = () => reject(failure('h'));
      }),
  );
  const before = engine.histogram.mock.calls.length;
  await open();
  await expect.poll(() => engine.histogram.mock.calls.length).toBe(before + 1);
  await open();
  await expect.poll(() => session.state.histogram).not.toBeNull();
  fail();
  await new Promise((resolve) => setTimeout(resolve));
  expect([session.state.histogramFailure, said()]).toEqual([null, []]);
});
