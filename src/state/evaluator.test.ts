import { describe, expect, it } from 'vitest';
import { type Layer, segmentsLayer, volumeLayer } from '../engine/protocol';
import { volumeInfo } from '../volume/testing/volume-info';
import { chosenLayers, comparableLayers } from './evaluator';
import { type AppState, initialState } from './store';

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
