// Why a command failed, as a value: one line for the person at the terminal, what to do about it, and the exit code
// for the script. Holds no secrets: quoted text is capped and made printable.
import { exitCodes, type ExitCode } from './exit-codes.ts';

export interface Failure {
  readonly exitCode: ExitCode;
  /** The problem, without a final full stop. */
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly hint: string | undefined;
  /** Whether the reason is that no server runs. Some commands can work without it. */
  readonly isNoServer?: boolean;
}

/** Something typed or configured is wrong. */
export function usageFailure(message: string, hint?: string): Failure {
  return { exitCode: exitCodes.usage, message, hint };
}

/** The network, the disk or the other side refused. */
export function systemFailure(message: string, hint?: string): Failure {
  return { exitCode: exitCodes.system, message, hint };
}

export function formatFailure({ message, hint }: Failure): string {
  return hint === undefined ? `helo: ${message}.` : `helo: ${message}. ${hint}`;
}

const maxQuotedLength = 60;

/** Foreign text for an error: on one line, without control characters, and cut if it is long. */
export function quoted(text: string): string {
  const printable = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  const shown = Array.from(printable);
  return shown.length <= maxQuotedLength
    ? printable
    : `${shown.slice(0, maxQuotedLength - 1).join('')}…`;
}
