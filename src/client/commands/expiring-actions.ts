// What `/timer` has done.
import type { Result } from '../../lib/result.ts';
import type { ExpirySeconds } from '../../wire/expiry.ts';

export interface ExpiringActions {
  /** Sets the timer of `lobby`, `#group` or `@user`, 0 for none; or says which holds. */
  readonly timer: (
    id: string,
    seconds: ExpirySeconds | 0 | undefined,
  ) => Promise<Result<string | undefined, string>>;
}
