import type { Session } from '../../state/session';
import { Surfaces } from './surfaces';

const known = new WeakMap<Session, Surfaces>();

/** The session's surfaces, kept up to date from the first call on, whether a scene shows them or not. */
export function surfacesOf(session: Session): Surfaces {
  const existing = known.get(session);
  if (existing) return existing;
  const surfaces = new Surfaces(session.state);
  known.set(session, surfaces);
  session.onSurface((change) => surfaces.apply(change));
  session.store.subscribe((state, before) => {
    if (state.volume !== before.volume) surfaces.clear();
    const same =
      state.segments === before.segments &&
      state.running?.job === before.running?.job &&
      state.display === before.display;
    if (!same) surfaces.sync(state);
  });
  return surfaces;
}
