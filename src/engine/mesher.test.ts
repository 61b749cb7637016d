import { describe, expect, it } from 'vitest';
import type { SurfacePiece } from '../core/surface';
import type { PaddedMask } from '../mesh/padded-mask';
import { MeshWorkers } from './mesher';

const geometry = { originNm: [0, 0, 0], voxelSizeNm: [1, 1, 1], shapeZyx: [64, 64, 64] } as const;
const mask = (): PaddedMask => ({ words: new Uint32Array(1) });
const piece = { skirtVertices: 1 } as SurfacePiece;

/** Workers that are answered for by hand: who was asked, and how to answer. */
function team(workers: number) {
  const asked: number[] = [];
  const answers: { resolve(piece: SurfacePiece): void; reject(error: Error): void }[] = [];
  const breakdowns: ((reason: string) => void)[] = [];
  const ended: number[] = [];
  let started = 0;
  const mesher = new MeshWorkers(workers, () => {
    const number = started++;
    const extract = () => {
      asked.push(number);
      return new Promise<SurfacePiece>((resolve, reject) => answers.push({ resolve, reject }));
    };
    return {
      remote: { extract } as never,
      onBreakdown: (tell) => breakdowns.push(tell),
      terminate: () => ended.push(number),
    };
  });
  return { mesher, asked, answers, breakdowns, ended, started: () => started };
}

describe('MeshWorkers', () => {
  it('gives each piece to who has least to do, and starts a worker only when all are busy', async () => {
    const { mesher, asked, answers, started } = team(3);
    expect(started()).toBe(1);
    const first = mesher.extract(mask(), [0, 0, 0], geometry, false);
    answers[0]?.resolve(piece);
    expect(await first).toBe(piece);
    const others = [1, 2, 3, 4].map((x) => mesher.extract(mask(), [0, 0, x], geometry, false));
    expect(asked).toEqual([0, 0, 1, 2, 0]);
    expect(started()).toBe(3);
    answers[2]?.resolve(piece);
    await others[1];
    const next = mesher.extract(mask(), [0, 0, 5], geometry, false);
    expect(asked.at(-1)).toBe(1);
    for (const answer of answers) answer.resolve(piece);
    await Promise.all([...others, next]);
  });

  it('has a worker whose piece failed free for the next', async () => {
    const { mesher, asked, answers } = team(1);
    const failing = mesher.extract(mask(), [0, 0, 0], geometry, false);
    answers[0]?.reject(new Error('no memory'));
    await expect(failing).rejects.toThrow('no memory');
    const next = mesher.extract(mask(), [0, 0, 0], geometry, false);
    answers[1]?.resolve(piece);
    expect(await next).toBe(piece);
    expect(asked).toEqual([0, 0]);
  });

  it('rejects what a worker had that broke down, and starts another in its place', async () => {
    const { mesher, asked, answers, breakdowns, ended } = team(2);
    const [lost, kept] = [0, 1].map((x) => mesher.extract(mask(), [0, 0, x], geometry, false));
    breakdowns[0]?.('out of memory');
    await expect(lost).rejects.toMatchObject({
      code: 'INTERNAL',
      fields: { reason: 'a mesh worker: out of memory' },
    });
    expect(ended).toEqual([0]);
    const next = mesher.extract(mask(), [0, 0, 2], geometry, false);
    for (const answer of answers) answer.resolve(piece);
    expect(await Promise.all([kept, next])).toEqual([piece, piece]);
    expect(asked).toEqual([0, 1, 2]);
  });
});
