import * as Comlink from 'comlink';
import { FloodlightError } from '../../core/errors';
import type { WasmFunction } from '../../wasm/module';

/** A module's instance over memory that threads share. */
export interface SharedInstance {
  readonly functions: Readonly<Record<string, WasmFunction>>;
  /** The end of the module's own data and of the first thread's stack. */
  readonly heapBase: number;
}

/** Instantiates a module of shared memory; `stackTop` is the end of this thread's stack, undefined for the linker's own. */
export function instantiateShared(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  stackTop?: number,
): SharedInstance {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { __heap_base: base, __stack_pointer: stack } = exports;
  if (!(base instanceof WebAssembly.Global) || !(stack instanceof WebAssembly.Global))
    throw new FloodlightError('INTERNAL', { reason: 'a WebAssembly module lacks its stack' });
  if (stackTop !== undefined) stack.value = stackTop;
  const functions = exports as unknown as Readonly<Record<string, WasmFunction>>;
  return { functions, heapBase: Number(base.value) };
}

/** What a worker of `SegmentThreads` does. */
export class SegmentThread {
  private instance: SharedInstance | undefined;

  isReady(): boolean {
    return true;
  }

  join(module: WebAssembly.Module, memory: WebAssembly.Memory, stackTop: number): void {
    this.instance = instantiateShared(module, memory, stackTop);
  }

  call(name: string, numbers: readonly number[]): number {
    const call = this.instance?.functions[name];
    if (!call) throw new FloodlightError('INTERNAL', { reason: `a thread has no ${name}` });
    return call(...numbers);
  }
}

/** Serves a thread over a port: the whole of a worker's program. */
export const serveThread = (port: MessagePort): void => Comlink.expose(new SegmentThread(), port);
