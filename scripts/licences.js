// The licences of the packages that are joined into built files, in one text beside them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** For packages without the text of their licence. */
const missing = {
  '@mariozechner/pi-tui': [
    'Copyright (c) 2025 Mario Zechner',
    'Copyright (c) 2025 opentui (the buffer for input)',
  ],
};
const mit = readFileSync(new URL('licence-mit.txt', import.meta.url), 'utf8');

/** Writes to `file` the licences of the packages that were joined into what esbuild made. */
export function writeLicences(root, metafile, file) {
  const folders = new Set(
    Object.keys(metafile.inputs)
      .map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
      .filter((folder) => folder !== undefined),
  );
  const texts = Array.from(folders, String)
    .sort()
    .map((folder) => licenceOf(`${root}${folder}`));
  writeFileSync(
    file,
    `What these modules hold of others, and under which licence.\n\n${texts.join('\n')}`,
  );
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const own = file === undefined ? undefined : readFileSync(`${folder}/${file}`, 'utf8');
  const holders = missing[name];
  if (own === undefined && (holders === undefined || license !== 'MIT')) {
    throw new Error(`${name} is bundled, and its licence is not known`);
  }
  const text = own ?? `${holders.join('\n')}\n\n${mit}`;
  return `---- ${name} ${version} (${license}) ----\n\n${text}`;
}
