import { describe, expect, it } from 'vitest';
import { OpenedMetadata } from './opened-metadata';

const file = new File(['{}'], 'zarr.json', { lastModified: 5 });
const changed = { code: 'SOURCE_CHANGED', fields: { url: 'local:x' } };

/** Metadata that were opened, in a folder that answers when and what it is told. */
function opened() {
  const answers: ((found: File | undefined) => void)[] = [];
  const find = () => new Promise<File | undefined>((resolve) => answers.push(resolve));
  const metadata = new OpenedMetadata(find, 'local:x');
  metadata.note(['0', 'zarr.json'], file);
  /** Answers the oldest question that is open, once it is asked. */
  const answer = async (found: File | undefined) => {
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    answers.shift()?.(found);
  };
  return { metadata, answer, answers };
}

describe('the metadata by which an array was opened', () => {
  it('are the same while size and time are', async () => {
    const { metadata, answer } = opened();
    for (const [found, isSame] of [
      [new File(['{}'], 'zarr.json', { lastModified: 5 }), true],
      [new File(['{}'], 'zarr.json', { lastModified: 6 }), false],
      [new File(['{ }'], 'zarr.json', { lastModified: 5 }), false],
      [undefined, false],
      [file, true],
    ] as const) {
      const check = metadata.check();
      void answer(found);
      if (isSame) await check;
      else await expect(check).rejects.toMatchObject(changed);
    }
  });

  it('are looked at anew for those who ask while one looks, once for all of them', async () => {
    const { metadata, answer, answers } = opened();
    const first = metadata.check();
    await expect.poll(() => answers.length).toBe(1);
    const later = [metadata.check(), metadata.check(), metadata.check()];
    await answer(file);
    await first;
    void answer(undefined);
    for (const check of later) await expect(check).rejects.toMatchObject(changed);
    expect(answers).toHaveLength(0);
  });

  it('are no question where none were opened', async () => {
    const metadata = new OpenedMetadata(() => Promise.reject(new Error('asked')), 'local:x');
    await metadata.check();
  });
});
