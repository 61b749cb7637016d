import { abortError, fromRecord } from '../core/errors';
import { compileModule } from '../wasm/module';
import { codecFailed } from './codec-failed';
import type { Coder } from './coder';
import type { CodecAnswer, CodecRequest, JobRequest } from './messages';
import { SpareBuffers } from './spare-buffers';

/** What the pool asks of a worker. */
export interface CodecWorker {
  onmessage: ((event: MessageEvent<CodecAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(request: CodecRequest, transfer: ArrayBuffer[]): void;
  terminate(): void;
}

export interface PoolSurroundings {
  /** The most workers at once; they are started when there is work for them. */
  readonly size: number;
  compile(): Promise<WebAssembly.Module>;
  startWorker(): CodecWorker;
}

interface Task {
  readonly request: JobRequest;
  succeed(bytes: Uint8Array<ArrayBuffer>): void;
  fail(error: unknown): void;
}

interface Member {
  readonly worker: CodecWorker;
  /** What it was sent and has not answered, in order. */
  readonly sent: Task[];
}

/** So that a worker has the next job at hand while the answer to the last one is on its way. */
const JOBS_AT_WORKER = 2;

/** Only what is owned whole can be transferred; the rest is copied. */
const transferable = ({ buffer, byteLength }: Uint8Array): ArrayBuffer[] =>
  buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];

function codecOf({ kind, job }: JobRequest): string {
  if (kind === 'filter') return job.step.kind;
  return (kind === 'decode' ? job.steps[0]?.codec : job.codec) ?? 'bytes';
}

/** Jobs in order of arrival for a few workers; one that dies fails what it had, and another takes its place. */
export class CodecPool implements Coder {
  private readonly waiting: Task[] = [];
  private readonly members: Member[] = [];
  private module: WebAssembly.Module | undefined;
  private isCompiling = false;
  private readonly spare = new SpareBuffers();

  constructor(private readonly around: PoolSurroundings) {}

  decode: Coder['decode'] = (job, signal) => this.add({ kind: 'decode', job }, signal);
  encode: Coder['encode'] = (job, signal) => this.add({ kind: 'encode', job }, signal);
  filter: Coder['filter'] = (job, signal) => this.add({ kind: 'filter', job }, signal);

  /** Compiles the module and starts all workers now, so that the first job need not wait for it; what fails, that job meets. */
  async prepare(): Promise<void> {
    if (!this.module) await this.compile();
    while (this.module && this.members.length < this.around.size) this.start(this.module);
  }

  recycle: Coder['recycle'] = (buffer) => this.spare.give(buffer);

  private add(request: JobRequest, signal: AbortSignal | undefined) {
    return new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortError());
        return;
      }
      // A worker that has it already is let run, and its answer goes to nobody.
      const leave = () => {
        const at = this.waiting.indexOf(task);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(abortError());
      };
      const stay = () => signal?.removeEventListener('abort', leave);
      const task: Task = {
        request,
        succeed(bytes) {
          stay();
          resolve(bytes);
        },
        fail(error) {
          stay();
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.push(task);
      this.handOut();
    });
  }

  private handOut(): void {
    if (!this.module) {
      this.compile();
      return;
    }
    for (;;) {
      const [task] = this.waiting;
      const member = task && this.freeMember(this.module);
      if (!member) return;
      this.waiting.shift();
      this.send(member, task);
    }
  }

  /** Once; where it fails, all that wait fail, and the next job tries again. */
  private async compile(): Promise<void> {
    if (this.isCompiling) return;
    this.isCompiling = true;
    try {
      this.module = await this.around.compile();
    } catch (error) {
      for (const task of this.waiting.splice(0)) task.fail(error);
    }
    this.isCompiling = false;
    if (this.waiting.length > 0) this.handOut();
  }

  /** An idle worker, else a new one, else the one with the least to do, unless it has enough. */
  private freeMember(module: WebAssembly.Module): Member | undefined {
    const least = this.members.toSorted((a, b) => a.sent.length - b.sent.length)[0];
    if (least?.sent.length === 0) return least;
    if (this.members.length < this.around.size) return this.start(module);
    return least && least.sent.length < JOBS_AT_WORKER ? least : undefined;
  }

  private start(module: WebAssembly.Module): Member {
    const worker = this.around.startWorker();
    const member: Member = { worker, sent: [] };
    worker.onmessage = ({ data }) => {
      const task = member.sent.shift();
      // First the next job, then the answer: whoever waits for it may take long.
      this.handOut();
      if ('bytes' in data) task?.succeed(data.bytes);
      else task?.fail(fromRecord(data.error));
    };
    worker.onerror = ({ message }) => this.retire(member, message || 'it could not be loaded');
    worker.onmessageerror = () => this.retire(member, 'its answer could not be read');
    worker.postMessage({ kind: 'module', module }, []);
    this.members.push(member);
    return member;
  }

  private send(member: Member, task: Task): void {
    try {
      const { request } = task;
      const into = request.kind === 'decode' && this.spare.take(request.job.decodedBytes);
      const given = transferable(request.job.bytes);
      if (into) member.worker.postMessage({ ...request, into }, [...given, into]);
      else member.worker.postMessage(request, given);
      member.sent.push(task);
    } catch (error) {
      // Bytes that were given away before.
      task.fail(error);
    }
  }

  private retire({ worker, sent }: Member, reason: string): void {
    worker.terminate();
    const at = this.members.findIndex((member) => member.worker === worker);
    if (at >= 0) this.members.splice(at, 1);
    for (const { request, fail } of sent.splice(0))
      fail(codecFailed(codecOf(request), `its worker died (${reason})`));
    this.handOut();
  }
}

const MOST_WORKERS = 8;

/** Workers for so many processors, undefined where a browser does not tell: one of more than two is left to the page. */
export const poolSize = (processors = 1): number =>
  Math.min(MOST_WORKERS, Math.max(1, processors > 2 ? processors - 1 : processors));

/** The pool of a page or worker of a browser; nothing is fetched or started before `prepare` or the first job. */
export const createCodecPool = (size = poolSize(navigator.hardwareConcurrency)): CodecPool =>
  new CodecPool({
    size,
    compile: () => compileModule('codecs'),
    startWorker: () =>
      new Worker(new URL('./codec.worker.ts', import.meta.url), { type: 'module', name: 'codecs' }),
  });
