import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoredChunks } from './stored-chunks';

const DECODED = 1600;
const bytesOf = (length: number, value: number) => new Uint8Array(length).fill(value);

it('keeps what was used last, within its limit, as a list does', () => {
  const action = fc.record({ key: fc.nat(9), length: fc.nat(120), isRead: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(action, { maxLength: 60 }),
      fc.integer({ min: 0, max: 300 }),
      (all, limit) => {
        const chunks = new StoredChunks(limit);
        /** Least recently used first. */
        let twin: [key: string, bytes: Uint8Array][] = [];
        for (const [index, { key: number, length, isRead }] of all.entries()) {
          const key = String(number);
          const known = twin.find(([other]) => other === key);
          twin = twin.filter((entry) => entry !== known);
          if (isRead) {
            expect(chunks.get(key)).toEqual(known?.[1]);
            if (known) twin.push(known);
          } else {
            const bytes = bytesOf(length, index);
            chunks.put(key, bytes, DECODED);
            bytes.fill(255);
            if (length * 16 <= DECODED) twin.push([key, bytesOf(length, index)]);
          }
          const sum = () => twin.reduce((total, [, { length }]) => total + length, 0);
          while (sum() > limit) twin.shift();
          expect(chunks.bytes).toBe(sum());
        }
      },
    ),
  );
});

it('gives copies away, and lets go of what it is told to and what is over a new limit', () => {
  const chunks = new StoredChunks(120);
  for (const key of ['a', 'b 1', 'c', 'b 2']) chunks.put(key, bytesOf(30, 7), DECODED);
  chunks.get('a')?.fill(0);
  expect(chunks.get('a')).toEqual(bytesOf(30, 7));
  chunks.forgetAll('b ');
  expect([chunks.get('b 1'), chunks.get('b 2'), chunks.bytes]).toEqual([undefined, undefined, 60]);
  chunks.setLimit(30);
  expect([chunks.get('c'), chunks.get('a')?.length]).toEqual([undefined, 30]);
});
