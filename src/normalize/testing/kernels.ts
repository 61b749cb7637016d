import { instantiate } from '../../wasm/module';
import { testModule } from '../../wasm/testing';
import type { Kernels, NormalizeFunction } from '../kernels';

/** The kernels with SIMD and their scalar twins. */
export const variants: readonly (readonly [name: string, kernels: Kernels])[] = (
  ['codecs', 'codecs.scalar'] as const
).map((name) => [name, instantiate<NormalizeFunction>(testModule(name))]);
