// Work that can be cancelled, in the form of the client's ports.
import type { FileJob } from './ports.ts';

/** What running work may ask and report. */
export interface JobControl {
  readonly isCancelled: () => boolean;
  /** `stop` is called when the work is cancelled, or at once if it was. */
  readonly onCancel: (stop: () => void) => void;
}

/** Starts `work`. */
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
