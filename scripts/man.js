// Makes the manual pages man/*.1 and man/*.5 from man/source, with tables of flags, commands, acts and keys from the
// program itself. Needs a build. Usage: npm run man, or node scripts/man.js --check, which writes nothing and fails if
// a page is out of date.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { acts } from '../.compiled/cli/admin/acts.js';
import { exitWords } from '../.compiled/cli/exit-codes.js';
import { variableOf } from '../.compiled/cli/flags/table.js';
import { manuals } from '../.compiled/cli/manuals/all.js';
import { summaries } from '../.compiled/cli/summaries.js';
import { keyTable } from '../.compiled/terminal/screen/input/key-table.js';
import {
  defaultPreferences,
  preferenceTable,
} from '../.compiled/terminal/screen/settings/preferences.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const longestLine = 76;

/** The replacement of a line `@word argument` in a source. */
const tables = {
  flags: (command) =>
    tagged(Object.entries(manuals[command].flags).map(flagItem), helpItems(command)),
  variables: (command) =>
    Object.entries(manuals[command].flags).flatMap(([name]) => [
      `.It Ev ${variableOf(name)}`,
      `As`,
      `.Fl Fl ${name} .`,
    ]),
  commands: () =>
    tagged(
      Object.entries(summaries).map(([name, summary]) => [
        `.It Cm ${name}`,
        ...sentence(summary),
        'See',
        `.Xr helo-${name} 1 .`,
      ]),
    ),
  acts: () =>
    tagged(
      Object.entries(acts).map(([name, { takes, summary }]) => [
        `.It Cm ${name}${takes === 'nothing' ? '' : ` Ar ${takes}`}`,
        ...sentence(summary),
      ]),
    ),
  exits: () =>
    tagged(Object.entries(exitWords).map(([code, words]) => [`.It ${code}`, ...sentence(words)])),
  preferences: () =>
    tagged(
      Object.entries(preferenceTable).map(([name, { values, help }]) => [
        `.It Cm ${name}`,
        ...sentence(help),
        ...sentence(`One of ${values.join(', ')}; ${defaultPreferences[name]} unless set`),
      ]),
    ),
  keys: () =>
    tagged(
      Object.entries(keyTable).map(([name, { keys, help }]) => [
        `.It Cm ${name}`,
        ...sentence(help),
        ...sentence(keys.length === 0 ? 'No key unless set' : `Usually ${keys.join(', ')}`),
      ]),
    ),
};

function flagItem([name, { value, help, shownDefault }]) {
  return [
    `.It Fl Fl ${name}${value === undefined ? '' : ` Ar ${value}`}`,
    ...sentence(help),
    ...(shownDefault === undefined ? [] : sentence(`Default: ${shownDefault}`)),
  ];
}

function helpItems(command) {
  const hasRare = Object.values(manuals[command].flags).some(({ rare }) => rare === true);
  const usual = [['.It Fl h , Fl Fl help', 'Tells the flags on one screen.']];
  return hasRare ? [...usual, ['.It Fl Fl help-all', 'Tells all flags.']] : usual;
}

function tagged(...items) {
  return ['.Bl -tag -width Ds', ...items.flat(2), '.El'];
}

/** A sentence of roff, in lines that are not too long. Nothing in it is read as a request. */
function sentence(words) {
  const text = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`.replaceAll(
    '\\',
    String.raw`\e`,
  );
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== '' && line.length + 1 + word.length > longestLine) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => (/^[.']/.test(line) ? String.raw`\&${line}` : line));
}

function page(source) {
  const lines = source.split('\n').flatMap((line) => {
    const [, table, argument] = /^@([\w-]+)(?: (\S+))?$/.exec(line) ?? [];
    if (table === undefined) return [line];
    if (!Object.hasOwn(tables, table)) throw new Error(`there is no table ${table}`);
    return tables[table](argument);
  });
  const head = String.raw`.\" Made from man/source by scripts/man.js: change that, and run npm run man.`;
  return `${head}\n${lines.join('\n')}`;
}

const isCheck = process.argv.includes('--check');
const stale = [];
mkdirSync(`${root}man`, { recursive: true });
for (const name of readdirSync(`${root}man/source`)) {
  const text = page(readFileSync(`${root}man/source/${name}`, 'utf8'));
  const path = `${root}man/${name}`;
  if (!isCheck) writeFileSync(path, text);
  else if (readOr(path) !== text) stale.push(name);
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}. Run npm run man, and commit what it makes.`);
  process.exitCode = 1;
}

function readOr(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A missing page is out of date, too.
    return undefined;
  }
}
