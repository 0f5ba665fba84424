// Why a SQLite file cannot be used, in words for the person who can correct it.

import { systemReason } from '../lib/system-error.ts';

export type ProblemCode =
  /** Another program has it open. */
  | 'busy'
  /** A newer helo wrote it. */
  | 'newer'
  /** It is not a file of this kind. */
  | 'foreign'
  | 'damaged'
  /** The disk, the quota or the set limit is full. */
  | 'full'
  /** The disk or the system refused. */
  | 'failed';

/** `message` names the file, without a final full stop; `hint` is a sentence. */
export class SqliteProblem extends Error {
  override readonly name = 'SqliteProblem';
  readonly code: ProblemCode;
  readonly hint: string | undefined;

  constructor(code: ProblemCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

/** The words for an error of the system. */
export function systemProblem(error: unknown): string {
  return systemReason(error);
}
