import { afterEach, describe, expect, it } from 'vitest';
import { abortError, FloodlightError, isAbort } from '../core/errors';
import { ranked } from '../core/rank';
import { connectionOf } from './connection';
import { Host, type HostOptions } from './host';
import { HttpStore } from './http-store';
import { Patience } from './patience';
import { type Fault, type FileServer, serveFiles } from './testing/file-server';

const servers: FileServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A store of one file, the answers to which are spoilt in turn; waits are only noted. */
async function setUp(
  faults: readonly (Fault | undefined)[],
  options: HostOptions = {},
  deadline = 60_000,
) {
  const left = [...faults];
  const server = await serveFiles(new Map([['/a', new Uint8Array([1, 2, 3])]]), () => left.shift());
  servers.push(server);
  const waits: number[] = [];
  let retries = 0;
  const host = new Host('host', {
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  const patience = new Patience(host, {
    deadlineMilliseconds: deadline,
    onRetry: () => retries++,
  });
  const access = { fetch: globalThis.fetch, patience, headers: {} };
  const store = new HttpStore(new URL(server.url), { fetchedBytes: 0 }, access);
  return { store, server, waits, retries: () => retries };
}

describe('a request', () => {
  it.each([429, 500, 502, 503, 504, 408])('is made again after status %i', async (status) => {
    const { store, waits, retries } = await setUp([{ status }, { status }]);
    expect(await store.get('/a')).toEqual(new Uint8Array([1, 2, 3]));
    expect([waits.length, retries()]).toEqual([2, 2]);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
  });

  it('is made again after a connection that broke in the middle of the body', async () => {
    const { store, retries } = await setUp([{ broken: true }]);
    expect(await store.get('/a')).toEqual(new Uint8Array([1, 2, 3]));
    expect(retries()).toBe(1);
  });

  it('waits as long as the server asks', async () => {
    const { store, waits } = await setUp([{ status: 429, headers: { 'Retry-After': '7' } }]);
    await store.get('/a');
    expect(waits).toEqual([7000]);
  });

  it.each([403, 401, 400, 501])('is given up at once after status %i', async (status) => {
    const { store, server } = await setUp([{ status }]);
    await expect(store.get('/a')).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      fields: { status },
    });
    expect(server.requests.length).toBe(1);
  });

  it.each([
    [500, 5],
    [503, 6],
  ])('is given up after status %i in all of %i attempts', async (status, attempts) => {
    const { store, server } = await setUp(Array.from({ length: 9 }, () => ({ status })));
    await expect(store.get('/a')).rejects.toMatchObject({ fields: { status } });
    expect(server.requests.length).toBe(attempts);
  });

  it('that is not answered in time is made once more, then told of', async () => {
    const { store, server } = await setUp([{ hang: true }, { hang: true }], {}, 50);
    await expect(store.get('/a')).rejects.toMatchObject({
      code: 'SOURCE_TIMEOUT',
      fields: { seconds: 0.05 },
    });
    expect(server.requests.length).toBe(2);
  });

  it('ends at once when its caller gives up, also while it waits', async () => {
    const abort = new AbortController();
    const { store, server } = await setUp([{ status: 503 }], {
      wait: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(abortError()));
          abort.abort();
        }),
    });
    await expect(store.get('/a', { signal: abort.signal })).rejects.toSatisfy(isAbort);
    expect(server.requests.length).toBe(1);
  });
});

describe('without a network', () => {
  /** A machine that is offline until `goOnline`, and how often that was told. */
  function offlineMachine() {
    const told: boolean[] = [];
    const waiting = new Set<() => void>();
    let isOffline = true;
    return {
      told,
      waiting,
      options: {
        onOffline: (now: boolean) => void told.push(now),
        connection: {
          isOffline: () => isOffline,
          untilOnline: (signal) =>
            new Promise<void>((resolve, reject) => {
              waiting.add(resolve);
              signal?.addEventListener('abort', () => reject(abortError()));
            }),
        },
      } satisfies HostOptions,
      goOnline() {
        isOffline = false;
        for (const goOn of waiting) goOn();
      },
      /** The browser says nothing, and it is time to look. */
      poll() {
        const all = [...waiting];
        waiting.clear();
        for (const goOn of all) goOn();
      },
    };
  }

  it('requests wait, told of once, and go on by themselves', async () => {
    const machine = offlineMachine();
    const { store, server } = await setUp(
      [{ broken: true }, { broken: true }, { broken: true }],
      machine.options,
    );
    const read = Promise.all([store.get('/a'), store.get('/a')]);
    await expect.poll(() => machine.waiting.size).toBe(2);
    machine.poll();
    await expect.poll(() => machine.waiting.size).toBe(1);
    expect(machine.told).toEqual([true, false, true]);
    machine.goOnline();
    expect(await read).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3])]);
    expect(machine.told).toEqual([true, false, true, false]);
    expect(server.requests.length).toBe(5);
  });

  it('they give up when their caller does, and no attempt counts that was made meanwhile', async () => {
    const machine = offlineMachine();
    const { store, server } = await setUp(
      Array.from({ length: 9 }, () => ({ broken: true })),
      machine.options,
    );
    const abort = new AbortController();
    const read = store.get('/a', { signal: abort.signal });
    for (let attempt = 1; attempt < 6; attempt++) {
      await expect.poll(() => [server.requests.length, machine.waiting.size]).toEqual([attempt, 1]);
      machine.poll();
    }
    abort.abort();
    await expect(read).rejects.toSatisfy(isAbort);
    expect(machine.told).toEqual([true]);
  });

  it('what a server answers is no matter of the network', async () => {
    const machine = offlineMachine();
    const { store } = await setUp([{ status: 403 }], machine.options);
    await expect(store.get('/a')).rejects.toMatchObject({ fields: { status: 403 } });
    expect(machine.told).toEqual([]);
  });
});

it('a network is waited for until its event, and no longer than the caller does', async () => {
  const around = new EventTarget();
  let onLine = false;
  const connection = connectionOf(around, () => onLine);
  expect(connection.isOffline()).toBe(true);
  const back = connection.untilOnline(undefined);
  onLine = true;
  around.dispatchEvent(new Event('online'));
  await back;
  expect(connection.isOffline()).toBe(false);
  const abort = new AbortController();
  const left = connection.untilOnline(abort.signal);
  abort.abort();
  await expect(left).rejects.toSatisfy(isAbort);
});

describe('requests to one host', () => {
  const failing = () => new FloodlightError('HTTP_STATUS', { url: 'u', status: 403 });

  it('are made a few at a time, in order, whether or not they fail', async () => {
    const patience = new Patience(new Host('host', { mostAtOnce: 2 }));
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3, 4].map((index) =>
      patience
        .request(
          'u',
          async () => {
            started.push(index);
            await new Promise<void>((resolve) => ends.push(resolve));
            if (index === 1) throw failing();
          },
          undefined,
        )
        .catch(() => 'failed'),
    );
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    await turn();
    expect(started).toEqual([0, 1]);
    ends[1]?.();
    await turn();
    expect(started).toEqual([0, 1, 2]);
    for (let index = 0; index < 5; index++) {
      ends[index]?.();
      await turn();
    }
    expect(await Promise.all(all)).toEqual([undefined, 'failed', undefined, undefined, undefined]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('leave the queue when they are given up', async () => {
    const patience = new Patience(new Host('host', { mostAtOnce: 1 }));
    let end = () => {};
    const first = patience.request(
      'u',
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
      undefined,
    );
    const abort = new AbortController();
    const second = patience.request('u', async () => 'second', abort.signal);
    const third = patience.request('u', async () => 'third', undefined);
    abort.abort();
    await expect(second).rejects.toSatisfy(isAbort);
    end();
    await first;
    expect(await third).toBe('third');
  });
});

describe('requests that wait for their turn', () => {
  /** Names of requests in the order in which they are made, one at a time; ranks are given as they were asked for. */
  async function orderOf(requests: readonly (readonly [name: string, rank: () => number])[]) {
    const patience = new Patience(new Host('host', { mostAtOnce: 1 }));
    const order: string[] = [];
    let open = () => {};
    const first = patience.request(
      'first',
      () =>
        new Promise<void>((resolve) => {
          open = resolve;
        }),
      undefined,
    );
    const others = requests.map(([name, rank]) =>
      patience.request(
        name,
        async () => void order.push(name),
        ranked(new AbortController().signal, rank),
      ),
    );
    await Promise.resolve();
    open();
    await Promise.all([first, ...others]);
    return order;
  }

  it('go the most urgent first, as urgent as they are then, and every fourth in order of arrival', async () => {
    let late = 9;
    const queue = orderOf([
      ['a', () => 5],
      ['b', () => 5],
      ['c', () => 1],
      ['d', () => 3],
      ['e', () => late],
      ['f', () => 2],
      ['g', () => 4],
    ]);
    late = 0;
    expect(await queue).toEqual(['a', 'e', 'c', 'f', 'b', 'd', 'g']);
  });

  it('none of which is ranked go in order of arrival', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(await orderOf(names.map((name) => [name, () => 0] as const))).toEqual(names);
  });
});
