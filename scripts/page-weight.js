// What the JavaScript of the page weighs, compressed by gzip, and what it may weigh: before the first frame, before the
// first stored message can be read, once the chat is connected, and all of it. A person on a slow line waits for the first
// three. With --details it says what is in each file; the ceilings stand a little above what was reached last.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pageBuild } from './web.js';

/** What is loaded one after the other: the module that asks for it, and the ceiling up to there, in kB. */
const steps = [
  { until: 'first frame', entry: 'src/web/page.tsx', ceilingKb: 13 },
  { until: 'first message', entry: 'src/web/chat/start.tsx', ceilingKb: 60 },
  { until: 'connected', entry: 'src/web/chat/connect.ts', ceilingKb: 334 },
];
const wholeCeilingKb = 446;

/** The weights of a built page: `outputs` of the metafile of esbuild, and what is in a file. */
export function weigh(outputs, read) {
  const scripts = Object.keys(outputs).filter((name) => name.endsWith('.js'));
  const sizes = new Map(scripts.map((name) => [name, gzipSync(read(name), { level: 9 }).length]));
  const seen = new Set();
  const take = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { path, kind } of outputs[name].imports) {
      if (kind === 'import-statement') take(path);
    }
  };
  const kb = (names) => [...names].reduce((sum, name) => sum + sizes.get(name), 0) / 1000;
  const weights = steps.map(({ until, entry, ceilingKb }) => {
    take(scripts.find((name) => outputs[name].entryPoint === entry));
    return { until, kb: kb(seen), ceilingKb };
  });
  return [...weights, { until: 'all', kb: kb(sizes.keys()), ceilingKb: wholeCeilingKb }];
}

/** The weights in one line. */
export function weightsLine(weights) {
  return weights.map(({ until, kb }) => `${until} ${kb.toFixed(1)} kB`).join(', ');
}

/** What is in each file, by folder or package, largest first, before it is compressed. */
function details(outputs, read) {
  return Object.entries(outputs).flatMap(([name, { inputs, bytes, entryPoint }]) => {
    const folders = new Map();
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const parts = input.split('/');
      const depth = input.startsWith('node_modules/') ? (parts[1].startsWith('@') ? 3 : 2) : -1;
      const folder = parts.slice(0, depth).join('/');
      folders.set(folder, (folders.get(folder) ?? 0) + bytesInOutput);
    }
    const rows = [...folders].filter(([, size]) => size > 0).sort(([, one], [, two]) => two - one);
    const compressed = gzipSync(read(name), { level: 9 }).length;
    const head = `${name.split('/').at(-1)}: ${bytes} bytes, ${compressed} by gzip`;
    return [
      entryPoint === undefined ? head : `${head} (${entryPoint})`,
      ...rows.map(([folder, size]) => `  ${String(size).padStart(7)} ${folder}`),
    ];
  });
}

async function main() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { metafile, outputFiles } = await build({ ...pageBuild(root), write: false });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [path.slice(root.length), contents]),
  );
  const read = (name) => files.get(name);
  const weights = weigh(metafile.outputs, read);
  if (process.argv.includes('--details')) {
    console.log(details(metafile.outputs, read).join('\n'));
  }
  console.log(`page: ${weightsLine(weights)} of JavaScript by gzip`);
  const tooMuch = weights.filter(({ kb, ceilingKb }) => kb > ceilingKb);
  for (const { until, kb, ceilingKb } of tooMuch) {
    console.error(
      `${until}: ${kb.toFixed(1)} kB is more than ${ceilingKb} kB. See what came (node scripts/page-weight.js --details), and load what is rarely needed by import().`,
    );
  }
  process.exit(tooMuch.length === 0 ? 0 : 1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
