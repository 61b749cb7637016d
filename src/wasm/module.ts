import { FloodlightError } from '../core/errors';
import { Arena } from './arena';

export type ModuleName =
  | 'codecs'
  | 'segment'
  | 'segment.threads'
  | 'network'
  | 'network.threads'
  | 'network.relaxed.threads';

/** A function of a module: numbers in, a number out. */
export type WasmFunction = (...numbers: number[]) => number;

/** A module's instance: its functions by name, and the memory they work on. */
export interface WasmInstance<Name extends string> {
  readonly call: Readonly<Record<Name, WasmFunction>>;
  readonly arena: Arena;
}

/** (func (result v128) (i8x16.splat (i32.const 0))): valid where the browser has SIMD. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15,
  11,
]);

/** (func (param v128) (result v128) (f32x4.relaxed_madd …)): valid where the browser has relaxed SIMD. */
const RELAXED_SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  0, 32, 0, 253, 133, 2, 11,
]);

export const hasSimd = (): boolean => WebAssembly.validate(SIMD_PROBE);

/** Whether products are added without rounding them, in one instruction, where the processor has that. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(RELAXED_SIMD_PROBE);

/** Whether workers can share memory here: that takes a page that is cross-origin isolated. */
export const hasThreads = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated !== false;

const urls: Readonly<Record<ModuleName, () => URL>> = {
  codecs: () => new URL('../../wasm/built/codecs.wasm', import.meta.url),
  segment: () => new URL('../../wasm/built/segment.wasm', import.meta.url),
  'segment.threads': () => new URL('../../wasm/built/segment.threads.wasm', import.meta.url),
  network: () => new URL('../../wasm/built/network.wasm', import.meta.url),
  'network.threads': () => new URL('../../wasm/built/network.threads.wasm', import.meta.url),
  'network.relaxed.threads': () =>
    new URL('../../wasm/built/network.relaxed.threads.wasm', import.meta.url),
};

/** Fetches and compiles a module. UNSUPPORTED_BROWSER without SIMD; SOURCE_UNREACHABLE when it cannot be fetched. */
export async function compileModule(name: ModuleName): Promise<WebAssembly.Module> {
  if (!hasSimd()) throw new FloodlightError('UNSUPPORTED_BROWSER', { feature: 'WebAssembly SIMD' });
  const url = urls[name]();
  try {
    // Not compileStreaming: some hosts send .wasm with another content type.
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw new FloodlightError('SOURCE_UNREACHABLE', { url: url.href }, error);
  }
}

/** Instantiates a module that has a memory of its own. */
export function instantiate<Name extends string>(module: WebAssembly.Module): WasmInstance<Name> {
  const { exports } = new WebAssembly.Instance(module, {});
  const { memory, __heap_base: base, _initialize: initialize } = exports;
  if (!(memory instanceof WebAssembly.Memory) || !(base instanceof WebAssembly.Global))
    throw new FloodlightError('INTERNAL', { reason: 'a WebAssembly module lacks its memory' });
  if (typeof initialize === 'function') initialize();
  const call = exports as unknown as Readonly<Record<Name, WasmFunction>>;
  return { call, arena: new Arena(memory, Number(base.value)) };
}
