import type { EngineApi, EngineEvent } from './protocol';

/**
 * What the page calls in the engine's worker. Events come by the worker's own port, as answers do, not by one of a callback's: what was
 * told before an answer arrives before it.
 */
export interface WorkerEngineApi extends Omit<EngineApi, 'start'> {
  /** \`EngineApi.start\`, with events as \`EventMessage\`s. */
  startTelling(
    ...options: Parameters<EngineApi['start']> extends [unknown, ...infer Options] ? Options : never
  ): ReturnType<EngineApi['start']>;
}

/** A message of the worker that is no answer to a call. */
export interface EventMessage {
  readonly event: EngineEvent;
}
