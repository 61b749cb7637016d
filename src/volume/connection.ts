import { abortError } from '../core/errors';

/** Whether this machine has a network at all, as the browser has it. */
export interface Connection {
  isOffline(): boolean;
  /** Resolves when there may be a network again; rejects with an AbortError once the signal fires. */
  untilOnline(signal: AbortSignal | undefined): Promise<void>;
}

/** Browsers may not notice that a network is back. */
const POLL_MILLISECONDS = 10_000;

/** As told by `navigator.onLine` and the events of a page or worker; where nobody knows, there is a network. */
export const connectionOf = (
  around: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>,
  isOnline: () => boolean | undefined,
): Connection => ({
  isOffline: () => isOnline() === false,
  untilOnline: (signal) =>
    new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        around.removeEventListener('online', goOn);
        signal?.removeEventListener('abort', leave);
      };
      const goOn = () => {
        end();
        resolve();
      };
      const leave = () => {
        end();
        reject(abortError());
      };
      const timer = setTimeout(goOn, POLL_MILLISECONDS);
      around.addEventListener('online', goOn);
      signal?.addEventListener('abort', leave);
    }),
});

/** That of the page or worker that this runs in. */
export const browserConnection: Connection = connectionOf(
  globalThis,
  () => globalThis.navigator?.onLine,
);
