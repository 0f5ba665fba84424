// The bench's command line.

import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../src/lib/result.ts';

export interface Flags {
  readonly help: boolean;
  readonly short: boolean;
  readonly rounds: number;
  /** Names of scenarios. Undefined for all. */
  readonly only: readonly string[] | undefined;
  /** Names of peers. Undefined for all. */
  readonly peers: readonly string[] | undefined;
  readonly json: string | undefined;
  readonly svg: string | undefined;
  /** A Markdown file whose block of results is replaced. */
  readonly document: string | undefined;
  /** Which block of it. Undefined for the first one. */
  readonly block: string | undefined;
  /** A folder for CPU profiles. */
  readonly profile: string | undefined;
}

export const usage = `Usage: npm run bench -- [flags]
Measures helo beside other servers on this machine, and verifies every delivery.

  --short            about a minute: less of everything, one round (soak: five minutes)
  --only A,B         these scenarios only; soak, an hour, runs no other way
  --peers A,B        these servers only
  --rounds COUNT     so many rounds; medians are reported [5, or 1 if short]
  --json FILE        where the figures go [bench/results/latest.json]
  --svg FILE         where the plot goes [bench/results/latest.svg]
  --document FILE    writes the results into this Markdown file as well
  --block NAME       into its block of that name, not the first one
  --profile DIR      CPU profiles of servers in Node go here; prints what is hot
  -h, --help         this text`;

const options = {
  help: { type: 'boolean', short: 'h' },
  short: { type: 'boolean' },
  only: { type: 'string' },
  peers: { type: 'string' },
  rounds: { type: 'string' },
  json: { type: 'string' },
  svg: { type: 'string' },
  document: { type: 'string' },
  block: { type: 'string' },
  profile: { type: 'string' },
} as const;

const maxRounds = 99;

/** Reads the command line; the error is for the person who typed it. */
export function readFlags(args: readonly string[]): Result<Flags, string> {
  try {
    const { values } = parseArgs({ args: [...args], options });
    const short = values.short ?? false;
    const rounds = Number(values.rounds ?? (short ? 1 : 5));
    if (!Number.isInteger(rounds) || rounds < 1 || rounds > maxRounds) {
      return err(`--rounds: a number from 1 to ${maxRounds}, not ${values.rounds}`);
    }
    return ok({
      help: values.help ?? false,
      short,
      rounds,
      only: names(values.only),
      peers: names(values.peers),
      json: values.json,
      svg: values.svg,
      document: values.document,
      block: values.block,
      profile: values.profile,
    });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function names(list: string | undefined): readonly string[] | undefined {
  return list?.split(',').filter((name) => name !== '');
}
