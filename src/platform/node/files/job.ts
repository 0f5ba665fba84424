// A piece of work that can be stopped, as the client's ports know it.
import type { FileJob } from '../../../client/files/ports.ts';

/** What a piece of work may ask and say while it runs. */
export interface JobControl {
  readonly isCancelled: () => boolean;
  /** `stop` is called when the work is cancelled; at once where it is already. */
  readonly onCancel: (stop: () => void) => void;
}

/** Begins `work`. */
export function startJob<T>(work: (control: JobControl) => Promise<T>): FileJob<T> {
  let isCancelled = false;
  let stop = (): void => {};
  const outcome = work({
    isCancelled: () => isCancelled,
    onCancel: (action) => {
      stop = action;
      if (isCancelled) action();
    },
  });
  return {
    outcome,
    cancel() {
      if (isCancelled) return;
      isCancelled = true;
      stop();
    },
  };
}
