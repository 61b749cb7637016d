import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Session } from '../state/session';
import type { AppState } from '../state/store';

/** The session that all components show and drive. */
export const SessionContext = createContext<Session | null>(null);

/** The session; throws outside of a SessionContext. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('There is no session around this component');
  return session;
}

/** A part of the state; renders again when it changes (by Object.is, so select no fresh objects). */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useSession().store, select);
}
