import { isIdentity } from '../../core/quaternion';
import type { StageMessage } from '../../stage/protocol';
import type { Session } from '../../state/session';
import type { AppState } from '../../state/store';

const volumeMessage = ({ volume }: AppState): StageMessage => {
  if (!volume) return { type: 'volume', volume };
  const { shapeZyx, voxelSizeNm, originNm } = volume;
  return { type: 'volume', volume: { shapeZyx, voxelSizeNm, originNm } };
};

const segmentsMessage = ({ segments, running, display }: AppState): StageMessage => ({
  type: 'segments',
  segments: {
    listedIds: segments.map(({ id }) => id),
    selectedIds: display.selectedIds,
    hiddenIds: display.hiddenIds,
    job: running?.job ?? null,
  },
});

const guidesMessage = ({ state, navigation }: Session): StageMessage => ({
  type: 'guides',
  guides: {
    crossingZyx: navigation.crossingZyx,
    orientation: state.orientation,
    limits: state.fillOptions.box,
  },
});

/** Tells the worker what of the session it shows, now and whenever that changes; returns how to stop. */
export function tellStage(session: Session, send: (message: StageMessage) => void): () => void {
  send(volumeMessage(session.state));
  send(segmentsMessage(session.state));
  send(guidesMessage(session));
  const ends = [
    session.store.subscribe((state, before) => {
      if (state.volume !== before.volume) send(volumeMessage(state));
      const areOther =
        state.segments !== before.segments ||
        state.running?.job !== before.running?.job ||
        state.display.selectedIds !== before.display.selectedIds ||
        state.display.hiddenIds !== before.display.hiddenIds;
      if (areOther) send(segmentsMessage(state));
      const isElsewhere =
        state.positionZyx !== before.positionZyx ||
        state.orientation !== before.orientation ||
        state.fillOptions.box !== before.fillOptions.box;
      if (isElsewhere) send(guidesMessage(session));
    }),
    session.navigation.store.subscribe(() => {
      // Along the axes outlines go by whole voxels.
      if (!isIdentity(session.state.orientation)) send(guidesMessage(session));
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
