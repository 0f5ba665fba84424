// What `/receipts` and `/typing` ask of a view.

import type { Result } from '../../lib/result.ts';

export interface SignalActions {
  /**
   * Whether others hear how far this person has read: in `lobby`, `#group` or `@user`, or in `all` conversations. Undefined:
   * says how it stands.
   */
  readonly tellReading: (
    id: string,
    isOn: boolean | undefined,
  ) => Promise<Result<string | undefined, string>>;
  /** Whether others hear that this person is writing. Undefined: says how it stands. */
  readonly tellTyping: (isOn: boolean | undefined) => Promise<Result<string | undefined, string>>;
}
