import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FloodlightError } from '../core/errors';
import type { FfnRequest, FillResult, ModelInfo, SegmentInfo, Steering } from '../engine/protocol';
import { placedOf, steeredMarks } from './ffn-marks';
import { FfnTool } from './ffn-tool';
import { createAppStore, type VolumeInfo } from './store';

const model = { id: 'm1', name: 'one', padProbability: 0.05, moveThreshold: 0.9 } as ModelInfo;
const grown = (more: object = {}): SegmentInfo =>
  ({
    ...{ id: 3, algorithm: 'ffn', seedZyx: [1, 2, 3], steps: 5 },
    params: { model: 'm1', maxSteps: 5 },
    ...more,
  }) as unknown as SegmentInfo;

/** A tool over a session that does at once what it is told. */
function makeTool() {
  const store = createAppStore();
  store.setState({ volume: { shapeZyx: [50, 50, 50] } as unknown as VolumeInfo, tool: 'ffn' });
  const around = {
    store,
    runs: {
      segment: vi.fn(async (_: FfnRequest) => ({ id: 3, unreadBricks: 0 }) as FillResult),
      steer: vi.fn(async (_: Steering) => false),
      keepsVolume: vi.fn(() => false),
    },
    select: vi.fn(),
    report: vi.fn(),
    inform: vi.fn(),
  };
  const tool = new FfnTool(around as unknown as ConstructorParameters<typeof FfnTool>[0]);
  return { store, around, tool };
}

describe('the FFN tool', () => {
  let made: ReturnType<typeof makeTool>;
  const keep = (...models: ModelInfo[]) =>
    made.store.setState({
      models: { ...made.store.getState().models, list: { models, damaged: [], isKept: true } },
    });
  const asked = (): FfnRequest | undefined => made.around.runs.segment.mock.lastCall?.[0];
  const select = (segment: SegmentInfo, ...selectedIds: number[]) =>
    made.store.setState({
      segments: [segment],
      display: { ...made.store.getState().display, selectedIds },
    });
  beforeEach(() => {
    made = makeTool();
    keep(model);
  });

  it('says what is to be done where there is no network', async () => {
    keep();
    await made.tool.growAt([4, 5, 6]);
    expect(made.around.runs.segment).not.toHaveBeenCalled();
    expect(made.around.inform.mock.lastCall?.[0]).toContain('Manage models…');
  });

  it('ends no run over the volume', async () => {
    made.around.runs.keepsVolume.mockReturnValueOnce(true);
    await made.tool.growAt([4, 5, 6]);
    expect(made.around.runs.segment).not.toHaveBeenCalled();
  });

  it('grows from a click by the options, those of the model left out, and selects what grew', async () => {
    await made.tool.growAt([4, 5, 6]);
    expect(asked()).toEqual({
      algorithm: 'ffn',
      seedZyx: [4, 5, 6],
      params: {
        model: 'm1',
        initActivation: 0.95,
        segmentThreshold: 0.6,
        minSegmentSize: 1000,
        minBoundaryDist: 1,
        discoSeedThreshold: 0,
        batch: 1,
        normalization: 'model',
        precision: 'f32',
      },
    });
    expect(made.around.select).toHaveBeenCalledWith([3]);
    keep(model, { ...model, id: 'm2' });
    made.tool.setOptions({ model: 'm2', padProbability: 0.5, maxSteps: 7 });
    await made.tool.growAt([4, 5, 6]);
    expect(asked()?.params).toMatchObject({ model: 'm2', padProbability: 0.5, maxSteps: 7 });
  });

  it('collects seeds, and grows an object of each with the next click', async () => {
    made.tool.collect([1, 1, 1]);
    made.tool.collect([2, 2, 2]);
    made.around.runs.segment.mockResolvedValueOnce({
      ...{ id: 3, unreadBricks: 2, discarded: 1 },
      more: [{ id: 4 }],
    } as unknown as FillResult);
    await made.tool.growAt([3, 3, 3]);
    expect(asked()).toMatchObject({
      seedZyx: [1, 1, 1],
      moreSeedsZyx: [
        [2, 2, 2],
        [3, 3, 3],
      ],
    });
    expect(made.tool.state.seedsZyx).toEqual([]);
    expect(made.around.select).toHaveBeenCalledWith([3, 4]);
    const told = made.around.inform.mock.calls.map(([text]) => text);
    expect(told).toEqual([
      expect.stringContaining('1 of 3 seeds came to nothing'),
      expect.stringContaining('2 bricks'),
    ]);
  });

  it('collects nothing outside of the volume, and drops what it collected', () => {
    const { tool, store } = made;
    for (const zyx of [
      [1, 2, 50],
      [-1, 2, 3],
      [1, 2, 3.5],
    ] as const)
      expect(() => tool.collect(zyx)).toThrow(expect.objectContaining({ code: 'OUTSIDE_VOLUME' }));
    for (const z of [1, 2, 3]) tool.collect([z, z, z]);
    tool.dropLastSeed();
    expect(tool.marks.map(({ zyx: [z] }) => z)).toEqual([1, 2]);
    tool.dropSeeds();
    expect(tool.marks).toEqual([]);
    store.setState({ volume: null });
    expect(() => tool.collect([1, 1, 1])).toThrow(expect.objectContaining({ code: 'NO_VOLUME' }));
  });

  it('takes marks away: seeds that wait at once, those of a segment by growing it anew', async () => {
    const { tool } = made;
    tool.collect([1, 1, 1]);
    tool.collect([2, 2, 2]);
    const blocks = [{ zyx: [7, 7, 7] as const, radius: 4 }];
    select(grown({ params: { model: 'm1', seedsZyx: [[9, 9, 9]], blocks } }), 3);
    const [first, second, start, more, block] = tool.marks;
    expect([first, second, start, more, block]).toEqual([
      { kind: 'seed', zyx: [1, 1, 1], of: 'next', index: 0 },
      { kind: 'seed', zyx: [2, 2, 2], of: 'next', index: 1 },
      { kind: 'seed', zyx: [1, 2, 3], of: 3, index: null },
      { kind: 'seed', zyx: [9, 9, 9], of: 3, index: 0 },
      { kind: 'block', zyx: [7, 7, 7], radius: 4, of: 3, index: 0 },
    ]);
    if (!first || !start || !more || !block) throw new Error('too few marks');
    expect(await tool.removeMark(first)).toBe(true);
    expect(tool.state.seedsZyx).toEqual([[2, 2, 2]]);
    expect(made.around.runs.segment).not.toHaveBeenCalled();
    expect(await tool.removeMark(start)).toBe(false);
    expect(await tool.removeMark({ ...more, index: 1 })).toBe(false);
    expect(await tool.removeMark(more)).toBe(true);
    expect(asked()).toMatchObject({ regrow: 3, params: { seedsZyx: [], blocks } });
    expect(await tool.removeMark(block)).toBe(true);
    expect(asked()).toMatchObject({ regrow: 3, params: { seedsZyx: [[9, 9, 9]], blocks: [] } });
  });

  it('marks what grows, by steering too, in place of what is selected, and nothing under another tool', async () => {
    const { tool, store } = made;
    select(grown(), 3);
    const request: FfnRequest = {
      ...{ algorithm: 'ffn', seedZyx: [4, 4, 4], moreSeedsZyx: [[5, 5, 5]] },
      params: { model: 'm1', seedsZyx: [[6, 6, 6]] },
    };
    const seeded = steeredMarks(placedOf(request), { seedZyx: [7, 7, 7] });
    const placed = steeredMarks(seeded, { block: { zyx: [8, 8, 8], radius: 2 } });
    const running = { job: 1, algorithm: 'ffn', seedZyx: [4, 4, 4], placed } as const;
    store.setState({ running: { ...running, progress: null, isPaused: false } });
    expect(tool.marks.map(({ kind, of, zyx: [z] }) => [kind, of, z])).toEqual([
      ['seed', 'running', 4],
      ['seed', 'running', 6],
      ['seed', 'running', 7],
      ['block', 'running', 8],
      ['seed', 'beside', 5],
    ]);
    for (const mark of tool.marks) expect(await tool.removeMark(mark)).toBe(false);
    store.setState({ tool: 'select' });
    expect(tool.marks).toEqual([]);
  });

  it('steers what grows, and else lets the one selected segment of a network grow anew', async () => {
    made.around.runs.steer.mockResolvedValueOnce(true);
    await made.tool.addSeed([9, 9, 9]);
    expect(made.around.runs.steer).toHaveBeenCalledWith({ seedZyx: [9, 9, 9] });
    expect(made.around.runs.segment).not.toHaveBeenCalled();

    select(grown(), 3);
    await made.tool.addSeed([9, 9, 9]);
    expect(asked()).toEqual({
      algorithm: 'ffn',
      seedZyx: [1, 2, 3],
      params: { model: 'm1', precision: 'f32', seedsZyx: [[9, 9, 9]] },
      regrow: 3,
    });
    made.tool.setOptions({ blockRadius: 4, maxSteps: 6, precision: 'f16' });
    select(grown({ params: { model: 'm1', precision: 'f32', seedsZyx: [[9, 9, 9]] } }), 3);
    await made.tool.addBlock([7, 7, 7]);
    expect(asked()?.params).toEqual({
      model: 'm1',
      maxSteps: 6,
      precision: 'f16',
      seedsZyx: [[9, 9, 9]],
      blocks: [{ zyx: [7, 7, 7], radius: 4 }],
    });
  });

  it('says so where there is nothing to steer, or something speaks against it', async () => {
    await made.tool.addSeed([9, 9, 9]);
    select(grown(), 3, 4);
    await made.tool.addSeed([9, 9, 9]);
    select(grown({ algorithm: 'flood-fill' }), 3);
    await made.tool.addBlock([9, 9, 9]);
    expect(made.around.runs.segment).not.toHaveBeenCalled();
    expect(made.around.inform).toHaveBeenCalledTimes(3);

    const error = new FloodlightError('SEED_TAKEN', { zyx: [9, 9, 9], id: 4 });
    made.around.runs.steer.mockRejectedValueOnce(error);
    await made.tool.addSeed([9, 9, 9]);
    expect(made.around.report).toHaveBeenCalledWith(error, 'ffn');
    made.around.runs.segment.mockRejectedValueOnce(error);
    await made.tool.growAt([4, 5, 6]);
    expect(made.around.report).toHaveBeenCalledTimes(2);
  });
});
