import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c as oracle } from '../codecs/testing/crc32c';
import { crc32c } from './crc32c';

it('is CRC-32C: of the check value of its catalogue, and bit by bit', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32c(bytes) === oracle(bytes)));
});
