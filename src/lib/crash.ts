// What may be logged about an unexpected error: its kind, its code and its place in our code. Never its message,
// which can quote what somebody wrote (`JSON.parse` does).

export interface CrashFields {
  readonly kind: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

/** The fields of `error` that hold no text of any person, for a log or a line on a terminal. */
export function crashFields(error: unknown): CrashFields {
  if (!(error instanceof Error)) return { kind: typeof error, code: undefined, stack: undefined };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { kind: error.name, code, stack: framesOf(error) };
}

// The stack begins with the message, which may itself have lines that look like frames: it is cut off whole.
function framesOf({ stack = '', message }: Error): string {
  return stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .map((line) => line.trim().slice('at '.length))
    .join(' < ');
}
