// Compiles sources and tests to .build/ and runs every *.test.js there with Node's own test runner.
// Tests of the whole program start the built one, dist/cli/helo.js, so `npm test` builds first.
// Usage: node scripts/test.js [PART OF A PATH ...]   runs only the files whose path holds one of the parts.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}.build`, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.test.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);

const wanted = process.argv.slice(2);
const files = readdirSync(`${root}.build`, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
  .map((file) => `.build/${file}`);
if (files.length === 0) {
  console.error('no test file found: nothing was tested');
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-concurrency=2', '--test-timeout=120000', ...files],
  { cwd: root, stdio: 'inherit' },
);
process.exit(run.status ?? 1);
