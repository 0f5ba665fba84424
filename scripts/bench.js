// Builds the program and the bench (into .bench/), and runs the bench. Flags pass through: npm run bench -- --help
import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const node = process.execPath;
rmSync('.bench', { recursive: true, force: true });
execFileSync(node, ['scripts/build.js'], { stdio: 'inherit' });
execFileSync(node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'], {
  stdio: 'inherit',
});
const bench = spawn(
  node,
  ['--enable-source-maps', '.bench/bench/main.js', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
// Ctrl-C reaches the bench as well, which ends what it started; this only waits for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
bench.on('close', (code) => process.exit(code ?? 1));
