// Compiles src/ to dist/, and bundles what the full screen uses of pi-tui. Starts from an empty dist/, so that deleted
// files do not stay there.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleScreen } from './bundle-screen.js';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
await bundleScreen(root);
chmodSync(`${root}dist/cli/helo.js`, 0o755);
