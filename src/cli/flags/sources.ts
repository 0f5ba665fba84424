// The sources of flag values: arguments, environment and (file.ts) a configuration file. Each source is read whole and
// refused if it has a name that the table does not know. No source decodes a value.
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../../lib/result.ts';
import { usageFailure, quoted, type Failure } from '../failure.ts';
import { didYouMean, nearest } from '../../lib/suggest.ts';
import type { HelpScope } from './help.ts';
import type { Environment } from '../../platform/node/home.ts';
import { flagOf, variableOf, type FlagTable } from './table.ts';

export interface Given {
  readonly text: string;
  /** Where it comes from, for errors: `--port 99999`, `HELO_PORT=99999`, `helo.toml line 3: port = 99999`. */
  readonly where: string;
  /** The folder that relative paths start from. */
  readonly folder: string;
}

export type FlagSource = ReadonlyMap<string, Given>;

export interface Arguments {
  /** The requested help, if any: `--help` or `--help-all`. */
  readonly help: HelpScope | undefined;
  readonly source: FlagSource;
  readonly rest: readonly string[];
}

const helpScopes: Readonly<Record<string, HelpScope>> = {
  '--help': 'usual',
  '-h': 'usual',
  '--help-all': 'all',
};

/** The flags in `argv`, and the rest in order. If a flag is given twice, the last one counts. */
export function fromArguments(
  table: FlagTable,
  argv: readonly string[],
  folder: string,
): Result<Arguments, Failure> {
  const source = new Map<string, Given>();
  const rest: string[] = [];
  for (const token of tokensOf(table, argv)) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const scope = Object.hasOwn(helpScopes, rawName) ? helpScopes[rawName] : undefined;
    if (scope !== undefined) return ok({ help: scope, source, rest });
    const flag = rawName.startsWith('--') ? flagOf(table, name) : undefined;
    if (flag === undefined) return err(unknownFlag(table, rawName));
    if (flag.value === undefined) {
      if (value !== undefined) return err(usageFailure(`${rawName} takes no value`));
      source.set(name, { text: 'true', where: rawName, folder });
      continue;
    }
    // In `--port --data x` the value is missing. The parser would use `--data` as the value.
    if (value === undefined || (!token.inlineValue && value.startsWith('--'))) {
      return err(usageFailure(`${rawName} needs a value: ${rawName} ${flag.value}`));
    }
    source.set(name, { text: value, where: `${rawName} ${quoted(value)}`, folder });
  }
  return ok({ help: undefined, source, rest });
}

function tokensOf(table: FlagTable, argv: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    'help-all': { type: 'boolean' },
  };
  for (const [name, { value }] of Object.entries(table)) {
    options[name] = { type: value === undefined ? 'boolean' : 'string' };
  }
  return parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function unknownFlag(table: FlagTable, rawName: string): Failure {
  const known = Object.keys(table).map((name) => `--${name}`);
  return usageFailure(
    `there is no flag ${quoted(rawName)}`,
    didYouMean(rawName, known) ?? 'See --help for those there are.',
  );
}

/**
 * The variables of the table that are set. An empty one counts as not set. An unknown variable that is probably a
 * misspelling of one is refused. Others are ignored: they may belong to another command.
 */
export function fromEnvironment(
  table: FlagTable,
  env: Environment,
  folder: string,
): Result<FlagSource, Failure> {
  const names = new Map(Object.keys(table).map((name) => [variableOf(name), name]));
  const source = new Map<string, Given>();
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('HELO_') || text === undefined || text === '') continue;
    const name = names.get(variable);
    if (name !== undefined) {
      source.set(name, { text, where: `${variable}=${quoted(text)}`, folder });
      continue;
    }
    const meant = meantBy(variable, [...names.keys()]);
    if (meant === undefined) continue;
    return err(
      usageFailure(
        `there is no setting for the environment variable ${quoted(variable)}`,
        `Did you mean ${meant}?`,
      ),
    );
  }
  return ok(source);
}

// Compared without the common prefix, because HELO_NAME is no misspelling of HELO_DATA. Every variable with the prefix
// of a family (HELO_TLS_...) is ours.
function meantBy(variable: string, known: readonly string[]): string | undefined {
  const bare = known.map((name) => name.slice('HELO_'.length));
  const word = variable.slice('HELO_'.length);
  const family = /^[A-Z]+_/.exec(word)?.[0];
  const near =
    nearest(word, bare) ?? bare.find((name) => family !== undefined && name.startsWith(family));
  return near === undefined ? undefined : `HELO_${near}`;
}
