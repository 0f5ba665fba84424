// Builds the program and what measures the full screen (into .bench/), and measures.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
rmSync('.bench', { recursive: true, force: true });
for (const args of [
  ['scripts/build.js'],
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'],
  ['--enable-source-maps', '.bench/bench/terminal/main.js'],
]) {
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}
