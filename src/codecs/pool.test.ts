import { describe, expect, it } from 'vitest';
import { FloodlightError, isAbort, toRecord } from '../core/errors';
import type { DecodeJob } from './job';
import type { CodecAnswer, CodecRequest, JobRequest } from './messages';
import { CodecPool, type CodecWorker, poolSize } from './pool';

const EMPTY_MODULE = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

/** Answers when it is told to. */
class FakeWorker implements CodecWorker {
  onmessage: CodecWorker['onmessage'] = null;
  onerror: CodecWorker['onerror'] = null;
  onmessageerror: CodecWorker['onmessageerror'] = null;
  readonly modules: WebAssembly.Module[] = [];
  readonly requests: JobRequest[] = [];
  answered = 0;
  isTerminated = false;

  postMessage(request: CodecRequest, transfer: ArrayBuffer[]): void {
    const received: CodecRequest = structuredClone(
      request.kind === 'module' ? { ...request, module: EMPTY_MODULE } : request,
      { transfer },
    );
    if (received.kind === 'module') this.modules.push(received.module);
    else this.requests.push(received);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  answer(data: CodecAnswer): void {
    this.answered++;
    this.onmessage?.({ data } as MessageEvent<CodecAnswer>);
  }

  /** Gives back the bytes of its oldest job. */
  finish(): void {
    const { bytes } = this.requests[this.answered]?.job ?? {};
    this.answer({ bytes: Uint8Array.from(bytes ?? []) });
  }
}

function setUp(size: number, compile = async () => EMPTY_MODULE) {
  const workers: FakeWorker[] = [];
  const pool = new CodecPool({
    size,
    compile,
    startWorker() {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
  });
  return { pool, workers };
}

const job = (...bytes: number[]): DecodeJob => ({
  steps: [{ codec: 'zstd', mostBytes: 1 }],
  decodedBytes: 1,
  bytes: Uint8Array.from(bytes),
});

/** Lets the pool compile, and promises settle. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

const jobsOf = (worker: FakeWorker | undefined) => worker?.requests.map(({ job }) => job.bytes[0]);

describe('a pool', () => {
  it('that is prepared has all workers ready for the first job, and compiles once', async () => {
    let compiled = 0;
    const { pool, workers } = setUp(2, async () => {
      compiled++;
      return EMPTY_MODULE;
    });
    await Promise.all([pool.prepare(), pool.prepare()]);
    await pool.prepare();
    expect(workers.map(({ modules }) => modules.length)).toEqual([1, 1]);
    const result = pool.decode(job(7));
    workers[0]?.finish();
    expect(await result).toEqual(Uint8Array.of(7));
    expect([compiled, workers.length]).toEqual([1, 2]);
  });

  it('that could not be prepared tells the first job, and tries again with the next', async () => {
    let isBroken = true;
    const { pool, workers } = setUp(1, async () => {
      if (isBroken) throw new Error('no module');
      return EMPTY_MODULE;
    });
    await pool.prepare();
    await expect(pool.decode(job(1))).rejects.toThrow('no module');
    isBroken = false;
    const result = pool.decode(job(2));
    await settle();
    workers[0]?.finish();
    expect(await result).toEqual(Uint8Array.of(2));
  });

  it('starts workers when there is work for them, and hands out jobs in their order', async () => {
    const { pool, workers } = setUp(2);
    await settle();
    expect(workers).toEqual([]);
    const results = [1, 2, 3, 4, 5, 6].map((byte) => pool.decode(job(byte)));
    await settle();
    expect(workers.map(({ modules }) => modules.length)).toEqual([1, 1]);
    expect(workers.map(jobsOf)).toEqual([
      [1, 3],
      [2, 4],
    ]);
    workers[1]?.finish();
    workers[1]?.finish();
    expect(workers.map(jobsOf)).toEqual([
      [1, 3],
      [2, 4, 5, 6],
    ]);
    for (const worker of workers) while (worker.answered < worker.requests.length) worker.finish();
    expect(await Promise.all(results)).toEqual(
      [1, 2, 3, 4, 5, 6].map((byte) => Uint8Array.of(byte)),
    );
  });

  it('transfers bytes that are owned whole and copies others', async () => {
    const { pool } = setUp(1);
    const whole = new Uint8Array(4);
    const part = new Uint8Array(4).subarray(1);
    pool.decode({ ...job(), bytes: whole });
    pool.decode({ ...job(), bytes: part });
    await settle();
    expect([whole.length, part.length]).toEqual([0, 3]);
  });

  it('has results put into buffers that were given back', async () => {
    const { pool, workers } = setUp(1);
    const old = new ArrayBuffer(1);
    pool.recycle(old);
    pool.encode({ codec: 'crc32c', bytes: new Uint8Array(1) });
    pool.decode(job(1));
    pool.decode(job(2));
    await settle();
    workers[0]?.finish();
    expect(old.byteLength).toBe(0);
    const into = workers[0]?.requests.map((request) => 'into' in request && request.into);
    expect(into).toEqual([false, new ArrayBuffer(1), false]);
  });

  it('drops what is aborted before it is handed out, and ignores the answer to the rest', async () => {
    const { pool, workers } = setUp(1);
    const controllers = [1, 2, 3, 4].map(() => new AbortController());
    const results = controllers.map(({ signal }, at) => pool.decode(job(at), signal));
    const outcomes = Promise.allSettled(results);
    await settle();
    controllers[0]?.abort();
    controllers[2]?.abort();
    const [worker] = workers;
    while (worker && worker.answered < worker.requests.length) worker.finish();
    const kinds = (await outcomes).map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value[0] : isAbort(outcome.reason),
    );
    expect(kinds).toEqual([true, 1, true, 3]);
    expect(jobsOf(worker)).toEqual([0, 1, 3]);
    await expect(pool.decode(job(5), AbortSignal.abort())).rejects.toSatisfy(isAbort);
    expect(jobsOf(worker)).toEqual([0, 1, 3]);
  });

  it('passes typed errors on and goes on', async () => {
    const { pool, workers } = setUp(1);
    const failing = pool.decode(job(1));
    const next = pool.decode(job(2));
    await settle();
    const error = new FloodlightError('CODEC_FAILED', { codec: 'zstd', reason: 'so' });
    workers[0]?.answer({ error: toRecord(error) });
    await expect(failing).rejects.toMatchObject({ code: 'CODEC_FAILED', fields: error.fields });
    workers[0]?.finish();
    expect(await next).toEqual(Uint8Array.of(2));
  });

  it('replaces a worker that dies and fails only what that one had', async () => {
    const { pool, workers } = setUp(1);
    const results = [1, 2, 3].map((byte) => pool.decode(job(byte)));
    const lost = Promise.allSettled(results.slice(0, 2));
    await settle();
    workers[0]?.onerror?.({ message: 'out of memory' } as ErrorEvent);
    for (const outcome of await lost)
      expect(outcome).toMatchObject({
        reason: {
          code: 'CODEC_FAILED',
          fields: { codec: 'zstd', reason: 'its worker died (out of memory)' },
        },
      });
    expect(workers.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
    expect(workers[1]?.modules.length).toBe(1);
    workers[1]?.finish();
    expect(await results[2]).toEqual(Uint8Array.of(3));
  });

  it('tells why there is no module, and tries again for the next job', async () => {
    let isOffline = true;
    const { pool, workers } = setUp(1, async () => {
      if (isOffline) throw new FloodlightError('SOURCE_UNREACHABLE', { url: 'codecs.wasm' });
      return EMPTY_MODULE;
    });
    const failed = [
      pool.decode(job(1)),
      pool.encode({ codec: 'crc32c', bytes: new Uint8Array(1) }),
    ];
    for (const result of failed)
      await expect(result).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    isOffline = false;
    const result = pool.decode(job(2));
    await settle();
    workers[0]?.finish();
    expect(await result).toEqual(Uint8Array.of(2));
  });

  it('fails a job whose bytes were given away before', async () => {
    const { pool } = setUp(1);
    const bytes = new Uint8Array(4);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    await expect(pool.decode({ ...job(), bytes })).rejects.toThrow();
  });
});

it('has as many workers as there are processors, but one from three on, 1 to 8', () => {
  const processors = [undefined, 1, 2, 3, 4, 8, 64];
  expect(processors.map((count) => poolSize(count))).toEqual([1, 1, 2, 2, 3, 7, 8]);
});
