// The program accepts what the documents tell people to type: every command line of helo in them is checked against the
// tables of flags, and every flag that they name is one of a command.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { acts } from '../../src/cli/admin/acts.ts';
import { fromArguments } from '../../src/cli/flags/sources.ts';
import { flagOf } from '../../src/cli/flags/table.ts';
import { manuals } from '../../src/cli/manuals/all.ts';
import { summaries, type CommandName } from '../../src/cli/summaries.ts';
import { inRepository } from '../support/repository.ts';

/** Flags of others: of the bench, and of a command that is typed in the chat. */
const foreign: ReadonlySet<string> = new Set(['--only', '--open', '--private', '--sealed']);
/** Flags of every command besides its table. */
const everywhere: ReadonlySet<string> = new Set(['--help', '--help-all', '--version']);

const flagNames = new Set(Object.values(manuals).flatMap(({ flags }) => Object.keys(flags)));

async function documents(): Promise<readonly (readonly [name: string, text: string])[]> {
  const folder = (await readdir(inRepository('docs'))).filter((name) => name.endsWith('.md'));
  const names = [
    'README.md',
    'SECURITY.md',
    'examples/README.md',
    ...folder.map((name) => `docs/${name}`),
  ];
  return Promise.all(
    names.map(async (name) => [name, await readFile(inRepository(name), 'utf8')] as const),
  );
}

/** The code in a document: pieces within lines, and the lines of blocks. */
function codeOf(text: string): readonly string[] {
  const blocks = Array.from(text.matchAll(/^```\w*\n([^]*?)^```$/gm), ([, block = '']) => block);
  const rest = text.replaceAll(/^```\w*\n[^]*?^```$/gm, '');
  const inLine = Array.from(rest.matchAll(/`([^`\n]+)`/g), ([, code = '']) => code);
  return [...blocks.flatMap((block) => block.split('\n')), ...inLine];
}

/** The arguments of each `helo COMMAND` in a line for a shell, up to where the command ends. */
function commandLines(code: string): readonly (readonly [CommandName, readonly string[]])[] {
  const found: (readonly [CommandName, readonly string[]])[] = [];
  for (const { index, 0: all, 1: name = '' } of code.matchAll(/(?:^|[\s/])helo (\w+)(?= |$)/g)) {
    if (!Object.hasOwn(summaries, name)) continue;
    const words: string[] = [];
    for (const [word] of code.slice(index + all.length).matchAll(/'[^']*'|"[^"]*"|\S+/g)) {
      if (/^(?:[|>&;#]|then$|\.\.\.)/.test(word)) break;
      words.push(word.replaceAll(/^(['"])(.*)\1$/g, '$2'));
    }
    found.push([name as CommandName, words]);
  }
  return found;
}

/** `NAME`, `DIR`: placeholders that a person replaces. */
const isPlaceholder = (text: string): boolean => /^[A-Z_:/#]+$/.test(text) || text.includes('HOST');

test('every command line that a document shows is one that the program takes', async () => {
  let count = 0;
  for (const [document, text] of await documents()) {
    for (const code of codeOf(text)) {
      for (const [command, words] of commandLines(code)) {
        const where = `${document}: ${code}`;
        const table = manuals[command].flags;
        const parsed = fromArguments(table, words, '/');
        assert.ok(parsed.ok, `${where}: ${parsed.ok ? '' : parsed.error.message}`);
        for (const [name, { text: value }] of parsed.value.source) {
          const decoded = flagOf(table, name)?.decode(value, '/');
          assert.ok(isPlaceholder(value) || decoded?.ok === true, `${where}: --${name} ${value}`);
        }
        const [act] = parsed.value.rest;
        if (command === 'admin' && act !== undefined) assert.ok(Object.hasOwn(acts, act), where);
        count += 1;
      }
    }
  }
  assert.ok(count > 20, `${count} command lines were found`);
});

test('every flag that a document or a manual page names is there', async () => {
  // docs/PERFORMANCE.md names flags of the bench.
  const told = (await documents()).filter(([name]) => name !== 'docs/PERFORMANCE.md');
  const pages = await readdir(inRepository('man/source'));
  const named = [
    ...told.flatMap(([document, text]) =>
      codeOf(text).flatMap((code) =>
        Array.from(
          code.matchAll(/(?<=^|[\s[(|])--[a-z][\w-]*/g),
          ([flag]) => [document, flag] as const,
        ),
      ),
    ),
    ...(
      await Promise.all(
        pages.map(async (page) => {
          const text = await readFile(inRepository(`man/source/${page}`), 'utf8');
          return Array.from(
            text.matchAll(/Fl Fl ([a-z][\w-]*)/g),
            ([, flag]) => [page, `--${flag}`] as const,
          );
        }),
      )
    ).flat(),
  ];
  assert.ok(named.length > 50, `${named.length} flags were found`);
  const unknown = named.filter(
    ([, flag]) => !flagNames.has(flag.slice(2)) && !foreign.has(flag) && !everywhere.has(flag),
  );
  assert.deepEqual(unknown, []);
});
