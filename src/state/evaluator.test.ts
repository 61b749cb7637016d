import { describe, expect, it, vi } from 'vitest';
import { type Layer, segmentsLayer, volumeLayer } from '../engine/protocol';
import { volumeInfo } from '../volume/testing/volume-info';
import { chosenLayers, comparableLayers, Evaluator } from './evaluator';
import { type AppState, createAppStore, initialState } from './store';

const volume = volumeInfo({ name: 'v', contrast: [0, 1] });

const labels = (id: string, name: string, origin: Layer['origin']): Layer => ({
  ...segmentsLayer,
  ...{ id, name, origin },
});

function stateOf(stored: readonly string[], layers: readonly Layer[] = []): AppState {
  return {
    ...initialState,
    volume: { ...volume, labels: stored },
    display: { ...initialState.display, layers: [volumeLayer(volume), ...layers, segmentsLayer] },
  };
}

describe('the layers that can be compared', () => {
  it('are all labels, shown or not, each once', () => {
    const state = stateOf(
      ['truth', 'other'],
      [
        labels('layer-1', 'other', { from: 'stored', stored: 'other' }),
        labels('layer-2', 'mine', { from: 'source', url: 'http://x' }),
      ],
    );
    expect(comparableLayers(state).map(({ ref }) => ref)).toEqual([
      'segments',
      'layer-2',
      'other',
      'truth',
    ]);
  });

  it('are chosen by likelihood until somebody chooses', () => {
    const state = stateOf(['other', 'groundtruth']);
    expect(chosenLayers(state)).toEqual({ a: 'other', b: 'groundtruth' });
    const segments = [{ id: 1 }] as unknown as AppState['segments'];
    expect(chosenLayers({ ...state, segments })).toEqual({ a: 'segments', b: 'groundtruth' });
    const evaluator = { ...state.evaluator, a: 'segments', b: 'gone' };
    expect(chosenLayers({ ...state, evaluator })).toEqual({ a: 'segments', b: 'groundtruth' });
    expect(chosenLayers(stateOf([]))).toEqual({ a: 'segments', b: 'segments' });
  });
});

describe('an error that is gone to', () => {
  /** An evaluator with two errors, whose layers are there when it is told. */
  function makeEvaluator() {
    const store = createAppStore();
    const faults = ['5', '6'].map((id) => ({
      id,
      pieces: ['1', '2'].map((piece) => ({ id: piece, voxelZyx: [Number(id), 0, 0] })),
    }));
    const errors = { total: 2, faults };
    const result = { a: 'a', b: 'b', merges: errors, splits: errors };
    store.setState({
      evaluator: { ...store.getState().evaluator, isOpen: true, result } as never,
    });
    const added: (() => void)[] = [];
    const around = {
      store,
      layers: {
        add: ({ stored }: { stored: string }) =>
          new Promise<string>((resolve) => added.push(() => resolve(`layer ${stored}`))),
      },
      setDisplay: vi.fn(),
      goTo: vi.fn(),
      report: vi.fn(),
    };
    const evaluator = new Evaluator(
      around as unknown as ConstructorParameters<typeof Evaluator>[0],
    );
    /** Opens all layers that are asked for, in the order given, till none is. */
    const openAll = async (order: 'first' | 'last') => {
      while (added.length > 0) {
        (order === 'first' ? added.shift() : added.pop())?.();
        for (let i = 0; i < 9; i++) await Promise.resolve();
      }
    };
    return { evaluator, openAll, told: around.setDisplay };
  }

  it('stands out once its layers are there', async () => {
    const { evaluator, openAll, told } = makeEvaluator();
    const going = evaluator.goTo('5');
    expect(told).not.toHaveBeenCalled();
    await openAll('first');
    await going;
    expect(told.mock.calls).toEqual([
      [{ emphasizedIds: { 'layer a': ['5'], 'layer b': ['1', '2'] } }],
    ]);
  });

  it('does not where another is gone to before that, or the panel is closed', async () => {
    const { evaluator, openAll, told } = makeEvaluator();
    const both = [evaluator.goTo('5'), evaluator.goTo('6')];
    await openAll('last');
    await Promise.all(both);
    expect(told.mock.lastCall).toEqual([
      { emphasizedIds: { 'layer a': ['6'], 'layer b': ['1', '2'] } },
    ]);
    const going = evaluator.goTo('5');
    evaluator.setOpen(false);
    await openAll('first');
    await going;
    expect(told.mock.lastCall).toEqual([{ emphasizedIds: {} }]);
  });
});
