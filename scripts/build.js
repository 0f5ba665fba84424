// Builds dist/: the types of src/ beside each other, and its code as a few larger modules (bundle.js). Starts from an
// empty dist/, so that deleted files do not stay there. .compiled/ has the modules one by one, for scripts/man.js.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';
import { buildWeb } from './web.js';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const folder of ['dist', '.compiled']) {
  rmSync(`${root}${folder}`, { recursive: true, force: true });
}
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
await bundle(root);
await buildWeb(root);
