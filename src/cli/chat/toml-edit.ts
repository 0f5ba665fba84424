// Changes one value in the text of a TOML file as a person would: one place differs, and every comment, blank, order
// and line end stays. There is no grammar here. Likely positions are tried one after the other, and the parser decides:
// an edit counts only if the parsed file differs in this one value and in nothing else.
import { isDeepStrictEqual } from 'node:util';
import { parse, type TomlTable } from 'smol-toml';
import { err, ok, type Result } from '../../lib/result.ts';

/** `[section] name = "value"`. All three are words of letters, digits and hyphens. */
export interface TomlValue {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** Files of people have few likely positions. Each try costs parsing the whole file. */
const maxTries = 64;
const maxLength = 256 * 1024;

/** `text` with that value, or why it cannot be written safely. */
export function withTomlValue(text: string, wanted: TomlValue): Result<string, string> {
  if (text.length > maxLength) return err('it is too long to be a configuration');
  const before = parsed(text);
  if (before === undefined) return err('it is no TOML that can be read');
  const section = before[wanted.section];
  if (section !== undefined && !isTable(section)) return err(`${wanted.section} is no table there`);
  if (section?.[wanted.name] === wanted.value) return ok(text);
  const expected = { ...before, [wanted.section]: { ...section, [wanted.name]: wanted.value } };
  let tries = 0;
  for (const edited of edits(text, wanted)) {
    if ((tries += 1) > maxTries) break;
    if (isDeepStrictEqual(plain(parsed(edited)), plain(expected))) return ok(edited);
  }
  return err('no place was found where it could be put safely');
}

function* edits(text: string, { section, name, value }: TomlValue): Generator<string> {
  const written = `"${value}"`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${name} = ${written}`;
  // An existing value: after the beginning of a line, a dot, a brace or a comma.
  const there = new RegExp(`(^|[.{,])([ \\t]*${keyForm(name)}[ \\t]*=[ \\t]*)(${valueForm})`, 'gm');
  for (const { index, 1: lead = '', 2: key = '', 3: old = '' } of text.matchAll(there)) {
    const at = index + lead.length + key.length;
    yield text.slice(0, at) + written + text.slice(at + old.length);
  }
  // At the end of its table, or directly after the head if the end is not where it seems.
  const head = new RegExp(`^[ \\t]*\\[[ \\t]*${keyForm(section)}[ \\t]*\\][^\\r\\n]*$`, 'gm');
  for (const { 0: found, index } of text.matchAll(head)) {
    const behind = index + found.length;
    for (const at of [endOfTable(text, behind), behind]) {
      yield `${text.slice(0, at)}${eol}${line}${text.slice(at)}`;
    }
  }
  const inline = new RegExp(`(?:^|[{,])[ \\t]*${keyForm(section)}[ \\t]*=[ \\t]*\\{`, 'gm');
  for (const { 0: found, index } of text.matchAll(inline)) {
    const at = index + found.length;
    const rest = text.slice(at);
    const isEmpty = /^\s*\}/.test(rest);
    yield isEmpty
      ? `${text.slice(0, at)} ${line} ${rest.trimStart()}`
      : `${text.slice(0, at)} ${line},${/^\s/.test(rest) ? '' : ' '}${rest}`;
  }
  // Beside other keys of the section that are written with a dot.
  const dotted = new RegExp(`^[ \\t]*${keyForm(section)}[ \\t]*\\.[^\\r\\n]*$`, 'gm');
  for (const { 0: found, index } of [...text.matchAll(dotted)].reverse()) {
    const at = index + found.length;
    yield `${text.slice(0, at)}${eol}${section}.${line}${text.slice(at)}`;
  }
  const gap = text.trim() === '' ? '' : eol;
  const open = text === '' || text.endsWith('\n') ? '' : eol;
  yield `${text}${open}${gap}[${section}]${eol}${line}${eol}`;
}

/** After the last line of the table that is neither blank nor a comment. The table's head ends at `from`. */
function endOfTable(text: string, from: number): number {
  const next = /^[ \t]*\[/m.exec(text.slice(from));
  const block = text.slice(from, next === null ? undefined : from + next.index);
  let end = 0;
  for (const { 0: found, index } of block.matchAll(/^[ \t]*[^\s#][^\r\n]*$/gm)) {
    end = index + found.length;
  }
  return from + end;
}

/** A word as a key: bare, or in quotes of either kind. */
function keyForm(word: string): string {
  return `(?:${word}|"${word}"|'${word}')`;
}

const valueForm = String.raw`"""[^"\\]*"""|'''[^']*'''|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'|[^\s"'#,{}\[\]]+`;

function parsed(text: string): TomlTable | undefined {
  try {
    return parse(text);
  } catch {
    // The error does not matter: this is not a place for the value.
    return undefined;
  }
}

/** The parser's tables have no prototype, others may have one. That is not a difference. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

function isTable(value: unknown): value is TomlTable {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
