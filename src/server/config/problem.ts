// Why a server cannot be set up as configured: a text for the operator, who can correct it.

export interface SetupProblem {
  /** `system`: the disk or network refused. `input`: what was configured cannot work. */
  readonly kind: 'system' | 'input';
  /** What is wrong, without a final full stop. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
}

/** The disk or network refused. */
export function systemProblem(message: string, hint?: string): SetupProblem {
  return { kind: 'system', message, hint };
}

/** What was configured cannot work. */
export function inputProblem(message: string, hint?: string): SetupProblem {
  return { kind: 'input', message, hint };
}
