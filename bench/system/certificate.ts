// A certificate of the kind that helo makes for itself (P-256), for servers that need one handed to them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const words =
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=bench ' +
  '-keyout key.pem -out cert.pem';

/** Files for the folder of a server, by name. */
export function madeCertificate(): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-certificate-'));
  try {
    spawnSync('openssl', words.split(' '), { cwd: folder });
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return { 'key.pem': read('key.pem'), 'cert.pem': read('cert.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
