import { FloodlightError } from '../core/errors';
import type { StageMessage, StageReport } from './protocol';

/** The page's side of the 3-D view's worker. */
export interface StageClient {
  send(message: StageMessage, transfer?: Transferable[]): void;
  end(): void;
}

/** Starts the worker. It is ended, and `broken` told, when anything in it fails. */
export function startStage(
  report: (report: StageReport) => void,
  broken: (error: FloodlightError<'SCENE_FAILED'>) => void,
): StageClient {
  const worker = new Worker(new URL('./stage.worker.ts', import.meta.url), {
    type: 'module',
    name: 'scene',
  });
  worker.onmessage = ({ data }: MessageEvent<StageReport>) => report(data);
  worker.onerror = ({ message }) => {
    worker.terminate();
    broken(new FloodlightError('SCENE_FAILED', { reason: message || 'its worker did not load' }));
  };
  return {
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    end: () => worker.terminate(),
  };
}
