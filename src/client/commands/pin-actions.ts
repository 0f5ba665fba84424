// What `/pin`, `/unpin` and `/pins` do in a view.
import type { Result } from '../../lib/result.ts';

export interface PinActions {
  /** Pins the chosen message of `lobby`, `#group` or `@user`, or the last one; or takes that off, or the last that is pinned. */
  readonly pin: (id: string, on: boolean) => Promise<Result<string | undefined, string>>;
  /** Shows what is pinned there. */
  readonly pins: (
    id: string,
  ) => Result<string | undefined, string> | Promise<Result<string | undefined, string>>;
}
