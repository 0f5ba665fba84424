// What `/goto` and `/permalink` do in a view.

import type { Result } from '../../lib/result.ts';

export interface GotoActions {
  /** Goes to a moment in a conversation (here, if none is named), or to the message of a link. */
  readonly goTo: (
    typed: string,
    place: string | undefined,
  ) => Promise<Result<string | undefined, string>>;
  /** Shows a link to the chosen message, or to the last one. */
  readonly permalink: () => Promise<Result<string | undefined, string>>;
}
