// The flags of a command as one table, from which parsing, help and errors follow. A flag has one name in four
// places: `--ping-interval 60`, `HELO_PING_INTERVAL=60`, `ping-interval = 60` in a TOML file, and
// `values['ping-interval']` in the code. Every source gives text, and one decoder reads it.
import type { Environment } from '../../platform/node/home.ts';
import { invariant } from '../../lib/invariant.ts';
import type { Result } from '../../lib/result.ts';

/** Reads a value, or says what is allowed: `a whole number from 1 to 9`. Paths start from `folder`. */
export interface Decoder<T> {
  (text: string, folder: string): Result<T, string>;
  /** Values that are words, for completion. */
  readonly words?: readonly string[];
}

export interface Flag<T> {
  /**
   * The value's name in the help, or undefined for a switch, which has no value. FILE and DIR are paths, and completed
   * as paths.
   */
  readonly value: string | undefined;
  readonly help: string;
  /** Rarely needed: shown by --help-all but not by --help, which has one screen. */
  readonly rare?: boolean;
  readonly decode: Decoder<T>;
  /** The default in the help. */
  readonly shownDefault: string | undefined;
  readonly absent: (env: Environment) => T;
}

export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type ValueOf<F> = F extends Flag<infer T> ? T : never;
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>;
};

interface Description<T> {
  readonly value: string;
  readonly help: string;
  readonly rare?: boolean;
  readonly decode: Decoder<T>;
}

/** A flag with a default. The default is given as text, so that the decoder checks it too. */
export function flag<T>(description: Description<T> & { readonly default: string }): Flag<T> {
  const { default: text, decode } = description;
  const decoded = decode(text, '/');
  invariant(decoded.ok, `the default ${text} is not allowed by its own decoder`);
  return { ...description, shownDefault: text, absent: () => decoded.value };
}

/** A flag whose default is computed when the program runs. `shownDefault` describes it in the help. */
export function derivedFlag<T>(
  description: Description<T> & {
    readonly shownDefault: string;
    readonly absent: (env: Environment) => T;
  },
): Flag<T> {
  return description;
}

/** A flag that may be left out. */
export function optionalFlag<T>(
  description: Description<T> & { readonly shownDefault?: string },
): Flag<T | undefined> {
  return { shownDefault: undefined, ...description, absent: () => undefined };
}

/** A flag without a value: off unless given. In a variable or a file it is true or false. */
export function switchFlag(help: string, rare?: 'rare'): Flag<boolean> {
  return {
    ...(rare && { rare: true }),
    value: undefined,
    help,
    decode: (text) => {
      if (text === 'true' || text === '1' || text === 'yes') return { ok: true, value: true };
      if (text === 'false' || text === '0' || text === 'no') return { ok: true, value: false };
      return { ok: false, error: 'true or false' };
    },
    shownDefault: undefined,
    absent: () => false,
  };
}

/** The environment variable of a flag. */
export function variableOf(name: string): string {
  return `HELO_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The table's flag of that name, or undefined. */
export function flagOf(table: FlagTable, name: string): Flag<unknown> | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
