// Puts the parts of pi-tui that the full screen uses into dist/terminal/screen/toolkit.js, with their licences beside
// it. So an installed helo needs neither the package nor the native code that it brings for Windows.
import { build } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** For packages without the text of their licence. */
const missing = {
  '@mariozechner/pi-tui': [
    'Copyright (c) 2025 Mario Zechner',
    'Copyright (c) 2025 opentui (the buffer for input)',
  ],
};
const mit = readFileSync(new URL('licence-mit.txt', import.meta.url), 'utf8');

/** Bundles in place. `root` is the folder of the repository, with a slash at its end. */
export async function bundleScreen(root) {
  const file = `${root}dist/terminal/screen/toolkit.js`;
  const { metafile } = await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['koffi'],
    metafile: true,
    logLevel: 'error',
    absWorkingDir: root,
  });
  const folders = new Set(
    Object.keys(metafile.inputs)
      .map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
      .filter((folder) => folder !== undefined),
  );
  const texts = [...folders].sort().map((folder) => licenceOf(`${root}${folder}`));
  writeFileSync(
    `${root}dist/terminal/screen/LICENCES.txt`,
    `What toolkit.js holds of others, and under which licence.\n\n${texts.join('\n')}`,
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
