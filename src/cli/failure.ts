// Why a command failed, as a value: one line for the person at the terminal, what to do about it, and the exit code
// for the script. Holds no secrets: quoted text is capped and made printable.
import { exitCodes, type ExitCode } from './exit-codes.ts';

export interface Failure {
  readonly exitCode: ExitCode;
  /** What is wrong, without a final full stop. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  /** Whether it is that no server runs: some commands have another way then. */
  readonly isNoServer?: boolean;
}

/** What was typed or configured is wrong. */
export function usageFailure(message: string, hint?: string): Failure {
  return { exitCode: exitCodes.usage, message, hint };
}

/** The network, the disk or the other side said no. */
export function systemFailure(message: string, hint?: string): Failure {
  return { exitCode: exitCodes.system, message, hint };
}

/** The one line that the person sees. */
export function formatFailure({ message, hint }: Failure): string {
  return hint === undefined ? `helo: ${message}.` : `helo: ${message}. ${hint}`;
}

const maxQuotedLength = 60;

/** Foreign text as it may stand in an error: on one line, no control characters, cut where it is long. */
export function quoted(text: string): string {
  const printable = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  const shown = Array.from(printable);
  return shown.length <= maxQuotedLength
    ? printable
    : `${shown.slice(0, maxQuotedLength - 1).join('')}…`;
}
