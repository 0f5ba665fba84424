// The type of a command: something that runs to its end.
import type { Result } from '../lib/result.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Failure } from './failure.ts';
import type { Environment } from '../platform/node/home.ts';

/** Runs a command to its end. `argv` has the arguments after its name. */
export type RunCommand = (
  argv: readonly string[],
  env: Environment,
) => Promise<Result<ExitCode, Failure>>;
