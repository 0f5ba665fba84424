// Builds the program and what measures the page (into .bench/), and measures. Flags pass through:
// npm run bench:page -- --write
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('.bench', { recursive: true, force: true });
for (const args of [
  ['scripts/build.js'],
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'],
]) {
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}
await build({
  entryPoints: ['bench/page/pages/device.ts'],
  outfile: '.bench/page-device.js',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: 'es2023',
  logLevel: 'warning',
  absWorkingDir: root,
});
const bench = ['--enable-source-maps', '.bench/bench/page/main.js', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, bench, { stdio: 'inherit' }).status ?? 1;
