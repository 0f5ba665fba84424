// Builds the program and what measures the full screen (into .bench/), and measures. Flags pass through:
// npm run bench:terminal -- --write
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
rmSync('.bench', { recursive: true, force: true });
for (const args of [
  ['scripts/build.js'],
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'],
]) {
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}
const bench = ['--enable-source-maps', '.bench/bench/terminal/main.js', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, bench, { stdio: 'inherit' }).status ?? 1;
