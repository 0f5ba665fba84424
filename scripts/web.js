// Builds the page: src/web/ to dist/web/. index.html names its script and its style by their content, so a browser may
// keep everything under assets/ for ever. What the first frame does not need comes in modules of their own, loaded after
// it. Each file lies there compressed too, because the server does not compress. The same sources give the same bytes.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { writeLicences } from './licences.js';
import { writePageDigest } from './page-digest.js';

const target = ['chrome125', 'firefox128', 'safari17.5'];

/** What all that is under assets/ has in common. */
function assetBuild(root) {
  return {
    outdir: 'dist/web/assets',
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    platform: 'browser',
    target,
    charset: 'utf8',
    legalComments: 'none',
    // Names are made of paths too, which must be the same wherever the packages lie.
    preserveSymlinks: true,
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: root,
  };
}

/** How esbuild makes the scripts and styles of the page. */
export function pageBuild(root) {
  return {
    ...assetBuild(root),
    entryPoints: { page: 'src/web/page.tsx', style: 'src/web/style/style.css' },
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    alias: { react: 'preact/compat', 'react-dom': 'preact/compat' },
  };
}

/** Fills dist/web/. `root` is the folder of the repository, with a slash at its end. */
export async function buildWeb(root) {
  const out = `${root}dist/web/`;
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const files = await buildWorker(root, 'files', 'src/platform/browser/files/worker.ts');
  const passphrase = await buildWorker(
    root,
    'passphrase',
    'src/platform/browser/lock/passphrase-worker.ts',
  );
  const { metafile } = await build({
    ...pageBuild(root),
    define: {
      fileWorkerAddress: JSON.stringify(files),
      passphraseWorkerAddress: JSON.stringify(passphrase),
    },
  });
  const named = (source) => {
    const found = Object.entries(metafile.outputs).find(
      ([, { entryPoint }]) => entryPoint === source,
    );
    return found[0].slice('dist/web/'.length);
  };
  const html = readFileSync(`${root}src/web/index.html`, 'utf8')
    .replace('style/style.css', named('src/web/style/style.css'))
    .replace('page.tsx', named('src/web/page.tsx'));
  writeFileSync(`${out}index.html`, html);
  for (const file of ['icon.svg', 'manifest.webmanifest']) {
    copyFileSync(`${root}src/web/${file}`, `${out}${file}`);
  }
  // It keeps one name: a browser looks for another one there.
  await build({
    entryPoints: ['src/web/worker/sw.ts'],
    outfile: 'dist/web/sw.js',
    bundle: true,
    minify: true,
    format: 'iife',
    target,
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
  });
  writeLicences(root, metafile, `${out}LICENCES.txt`);
  writePageDigest(out);
  for (const file of readdirSync(out, { recursive: true, withFileTypes: true })) {
    if (file.isFile()) compress(`${file.parentPath}/${file.name}`);
  }
  return metafile;
}

/** Builds a worker. Returns its address, which is in the page. */
async function buildWorker(root, name, entry) {
  const { metafile } = await build({
    ...assetBuild(root),
    entryPoints: { [name]: entry },
    format: 'iife',
  });
  const [file] = Object.keys(metafile.outputs);
  return file.slice('dist/web'.length);
}

function compress(file) {
  const bytes = readFileSync(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}
