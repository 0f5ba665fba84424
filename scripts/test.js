// Compiles sources and tests to .build/ and runs every *.test.js there with Node's own test runner. Tests of the whole
// program start the built one, dist/cli/helo.js, so `npm test` builds first. test/support/time-limit.ts has how long
// they may take, and test-tools.js what they need beyond npm. Usage: node scripts/test.js [PART OF A PATH ...] runs
// only the files whose path contains one of the parts.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getTools } from './test-tools.js';

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
getTools(files);
const { patience, fileLimitMs } = await import('../.build/test/support/time-limit.js');
if (patience > 1)
  console.error(`Every time limit is ${patience} times as long (HELO_TEST_PATIENCE).`);
const run = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    // One more than there are processors on a small machine: many tests wait for time to pass.
    '--test-concurrency=3',
    `--test-timeout=${fileLimitMs}`,
    ...files,
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, HELO_TEST_PATIENCE: String(patience) } },
);
process.exit(run.status ?? 1);
