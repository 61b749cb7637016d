import { bytesOf, isNativeDtype } from '../core/dtype';
import type { ElementType } from './job';

/** NumPy's codes, without the order of bytes. */
export const numpyTypes: Readonly<Record<string, ElementType>> = {
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  f4: 'float32',
  f8: 'float64',
};

export type Endian = 'little' | 'big';

export interface ParsedType {
  readonly element: ElementType;
  /** Undefined where the name does not tell. */
  readonly endian: Endian | undefined;
}

/** The type that a name of Zarr version 3 (`uint16`) or of NumPy (`>u2`) stands for; undefined for others. */
export function parseElementType(name: string): ParsedType | undefined {
  if (isNativeDtype(name)) return { element: name, endian: undefined };
  const [, order = '', code = ''] = /^([<>|]?)([uif][1248])$/.exec(name) ?? [];
  const element = numpyTypes[code];
  const endian = order === '>' ? 'big' : order === '<' ? 'little' : undefined;
  return element && { element, endian };
}

const bitsOf = (element: ElementType) => {
  const isFloat = element.startsWith('float');
  const isSigned = element.startsWith('int');
  const bits = 8 * bytesOf[element];
  return {
    isFloat,
    isSigned,
    whole: isFloat ? (bits === 32 ? 24 : 53) : bits - (isSigned ? 1 : 0),
  };
};

/** Whether every value of one type is also one of another, and a double on the way from one to the other. */
export function holdsAll(to: ElementType, from: ElementType): boolean {
  const [target, source] = [bitsOf(to), bitsOf(from)];
  if (source.whole > 53 || target.whole < source.whole) return false;
  if (source.isFloat) return target.isFloat;
  return target.isFloat || target.isSigned || !source.isSigned;
}
