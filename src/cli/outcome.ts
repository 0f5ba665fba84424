// From how a chat ended to an exit code.
import { err, ok, type Result } from '../lib/result.ts';
import type { Outcome } from '../client/wording/farewell.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { Failure } from './failure.ts';

const failureCodes = {
  refused: exitCodes.usage,
  lost: exitCodes.system,
  untrusted: exitCodes.untrusted,
} as const;

/** The exit code for an end, or the failure to report. */
export function exitOf(end: Outcome | Failure): Result<ExitCode, Failure> {
  if (!('kind' in end)) return err(end);
  switch (end.kind) {
    case 'left':
      return ok(exitCodes.ok);
    case 'interrupted':
      return ok(exitCodes.interrupted);
    case 'undelivered':
      return ok(exitCodes.system);
    case 'refused':
    case 'lost':
    case 'untrusted':
      return err({ exitCode: failureCodes[end.kind], message: end.message, hint: end.hint });
  }
}
