// Compiles sources and tests to .build/ and runs every *.test.js there with Node's own test runner. Tests of the whole
// program start the built one, dist/cli/helo.js, so `npm test` builds first. test/support/time-limit.ts has how long
// they may take, and test-tools.js what they need beyond npm. Usage: node scripts/test.js [PART OF A PATH ...] runs
// only the files whose path contains one of the parts.
//
// Where all files were asked for, a few that failed run twice more, alone. What passes then, both times, depends on what runs beside it: it is
// named at the end, to be mended, and does not fail the run. What fails again fails the run.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
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

/** Runs `tests`, `atOnce` of them. Returns those in which a test failed, undefined where the runner itself did. */
function run(tests, atOnce) {
  const failing = `${root}.build/failing-files`;
  rmSync(failing, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      '--enable-source-maps',
      `--import=${new URL('failing-files.js', import.meta.url)}`,
      '--test',
      `--test-concurrency=${atOnce}`,
      `--test-timeout=${fileLimitMs}`,
      `--test-reporter=${process.stdout.isTTY ? 'spec' : 'tap'}`,
      '--test-reporter-destination=stdout',
      `--test-reporter=${root}scripts/killed-files.js`,
      `--test-reporter-destination=${failing}.killed`,
      ...tests,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        HELO_TEST_PATIENCE: String(patience),
        HELO_FAILING_FILES: failing,
      },
    },
  );
  if (status === 0) return [];
  const paths = new Set(
    [failing, `${failing}.killed`]
      .filter((list) => existsSync(list))
      .flatMap((list) => readFileSync(list, 'utf8').split('\n'))
      .map((path) => relative(root, path)),
  );
  const failed = tests.filter((file) => paths.has(file));
  return failed.length > 0 ? failed : undefined;
}

/** With more files than this that failed, something is broken: no second look would tell more. */
const maxUnsteady = 5;

// One more at once than there are processors on a small machine: many tests wait for time to pass.
const failed = run(files, 3);
if (failed?.length !== 0) {
  if (failed === undefined || wanted.length > 0 || failed.length > maxUnsteady) process.exit(1);
  for (const round of ['once', 'twice']) {
    console.error(
      `\nFailed beside the others, and runs again alone (${round}): ${failed.join(' ')}\n`,
    );
    if (run(failed, 1)?.length !== 0) process.exit(1);
  }
  console.error(
    `\nUNSTEADY, to be mended: failed beside the others, passed twice alone: ${failed.join(' ')}`,
  );
}
