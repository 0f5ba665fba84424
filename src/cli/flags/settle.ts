// One value for each flag: from the first source that has it, or its default.
import { err, ok, type Result } from '../../lib/result.ts';
import { usageFailure, type Failure } from '../failure.ts';
import { fromEnvironment, type FlagSource } from './sources.ts';
import type { Environment } from '../../platform/node/home.ts';
import type { FlagTable, FlagValues } from './table.ts';

/** The values of all flags, from `sources` in order of precedence, or the first invalid value. */
export function settle<Table extends FlagTable>(
  table: Table,
  sources: readonly FlagSource[],
  env: Environment,
): Result<FlagValues<Table>, Failure> {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) {
    const given = sources.map((source) => source.get(name)).find((found) => found !== undefined);
    if (given === undefined) {
      values[name] = flag.absent(env);
      continue;
    }
    const decoded = flag.decode(given.text, given.folder);
    if (!decoded.ok) return err(usageFailure(`${given.where}: must be ${decoded.error}`));
    values[name] = decoded.value;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one value per name, each from its flag
  return ok(values as FlagValues<Table>);
}

/** The options from the given flags and the environment. */
export function optionsOf<Table extends FlagTable>(
  flags: Table,
  given: FlagSource,
  env: Environment,
  folder: string,
): Result<FlagValues<Table>, Failure> {
  const fromEnv = fromEnvironment(flags, env, folder);
  return fromEnv.ok ? settle(flags, [given, fromEnv.value], env) : fromEnv;
}
