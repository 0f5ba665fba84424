// What `/export` and `/import` do in a view.

import type { ExportFormat } from '../export/export-format.ts';
import type { Result } from '../../lib/result.ts';

export interface ArchiveActions {
  /** Writes the messages here, or at `#group` or `@user`, or of everywhere (`*all`), to a file. */
  readonly export: (
    path: string,
    place: string | undefined,
    format: ExportFormat,
  ) => Promise<Result<string | undefined, string>>;
  /** Takes what is in an exported file and not here. Without a path the view asks for the file. */
  readonly import: (path: string) => Promise<Result<string | undefined, string>>;
}
