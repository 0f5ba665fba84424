// Joins the compiled modules of .compiled/ into a few in dist/modules/: loading several hundred one by one took most of
// the time of a start. The packages that are JavaScript modules are joined with them, with their licences beside: ts-mls
// and what it needs alone are 170 files. package.json names them nevertheless, for audits, and at the same exact versions.
// It does not name pi-tui, so an installed helo does without the native code that pi-tui brings for Windows.
import { build } from 'esbuild';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { writeLicences } from './licences.js';

/** What is started or imported from outside, and the threads: files of dist/ that have the names of their sources. */
const entries = [
  'index.js',
  'cli/helo.js',
  'server/files/thread.js',
  'store/sqlite/thread.js',
  'store/sqlite/backup/backup-thread.js',
  'store/sqlite/check/check-thread.js',
];

/** Native code, and what is not written as modules. */
const external = [
  '@photostructure/sqlite',
  'acme-client',
  'pino',
  'prom-client',
  'qr',
  'selfsigned',
  'koffi',
  'ws',
];

/** Fills dist/ from .compiled/. `root` is the folder of the repository, with a slash at its end. */
export async function bundle(root) {
  const { metafile } = await build({
    entryPoints: entries.map((entry) => ({ in: `.compiled/${entry}`, out: nameOf(entry) })),
    outdir: 'dist/modules',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    plugins: [places(root)],
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
  });
  for (const entry of entries) writeEntry(`${root}dist/${entry}`, entry);
  chmodSync(`${root}dist/cli/helo.js`, 0o755);
  writeLicences(root, metafile, `${root}dist/modules/LICENCES.txt`);
}

/** `cli/helo.js` as a name without folders, for two files may have the same name in different ones. */
function nameOf(entry) {
  return entry.slice(0, -'.js'.length).replaceAll('/', '-');
}

function writeEntry(file, entry) {
  const depth = entry.split('/').length - 1;
  const from = `${depth === 0 ? './' : '../'.repeat(depth)}modules/${nameOf(entry)}.js`;
  mkdirSync(dirname(file), { recursive: true });
  const [start, what] = entry === 'cli/helo.js' ? ['#!/usr/bin/env node\n', ''] : ['', '* from '];
  writeFileSync(file, `${start}${what === '' ? 'import' : 'export'} ${what}'${from}';\n`);
}

/** A module goes on to find files beside it by the place in dist/ that it would have alone. */
function places(root) {
  return {
    name: 'places',
    setup({ onLoad }) {
      onLoad({ filter: /\/\.compiled\/.*\.js$/ }, ({ path }) => {
        const place = JSON.stringify(`../${relative(`${root}.compiled`, path)}`);
        const text = readFileSync(path, 'utf8');
        return {
          contents: text.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`),
        };
      });
    },
  };
}
