// A configuration file as a source of flags: TOML, whose keys are the names of the flags and whose values are single
// values. There are no tables. Errors name the file and, if known, the line.
import { dirname } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { err, ok, type Result } from '../../lib/result.ts';
import { quoted, usageFailure, type Failure } from '../failure.ts';
import { didYouMean } from '../../lib/suggest.ts';
import type { Given, FlagSource } from './sources.ts';
import { flagOf, type FlagTable } from './table.ts';

/** Flags that a file may not contain, each with the reason. */
export type Forbidden = Readonly<Record<string, string>>;

/** The flags in the text of the TOML file at `path`. Relative paths in it start from its folder. */
export function fromFile(
  table: FlagTable,
  path: string,
  text: string,
  forbidden: Forbidden,
): Result<FlagSource, Failure> {
  const parsed = parseToml(path, text);
  if (!parsed.ok) return parsed;
  const known = Object.keys(table).filter((name) => !Object.hasOwn(forbidden, name));
  const source = new Map<string, Given>();
  for (const [name, value] of Object.entries(parsed.value)) {
    const line = lineOf(text, name);
    const place = line === undefined ? path : `${path} line ${line}`;
    if (Object.hasOwn(forbidden, name)) {
      return err(usageFailure(`${place}: ${name} cannot be set here`, forbidden[name]));
    }
    if (flagOf(table, name) === undefined) {
      const hint = didYouMean(name, known) ?? `Settings are: ${known.join(', ')}.`;
      return err(usageFailure(`${place}: there is no setting ${quoted(name)}`, hint));
    }
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return err(usageFailure(`${place}: ${name} must be a single value`));
    }
    const where = `${place}: ${name} = ${quoted(String(value))}`;
    source.set(name, { text: String(value), where, folder: dirname(path) });
  }
  return ok(source);
}

function parseToml(path: string, text: string): Result<Record<string, unknown>, Failure> {
  try {
    return ok(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message also quotes the lines around the mistake. Its first line says what is wrong.
    const reason = error.message.split('\n')[0]?.replace('Invalid TOML document: ', '');
    const place = `${path} line ${error.line}, column ${error.column}`;
    return err(usageFailure(`${place}: ${reason}`, 'The file must be TOML: key = value.'));
  }
}

// The parser does not report the line of a key. A key begins its line. The first such line is the right one, unless the
// same words begin a line inside an earlier text of several lines.
function lineOf(text: string, name: string): number | undefined {
  const index = text.split('\n').findIndex((line) => {
    const [, key] = /^\s*(?:\[\s*)?("[^"]*"|'[^']*'|[^\s=.\]]+)/.exec(line) ?? [];
    return key !== undefined && key.replaceAll(/^["']|["']$/g, '') === name;
  });
  return index === -1 ? undefined : index + 1;
}
