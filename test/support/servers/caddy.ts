// Caddy from Debian in front of a server, as docs/OPERATIONS.md says it, at the name `chat.example.org` with a certificate of
// its own.
import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from '../scope.ts';
import { freePort } from '../free-port.ts';
import type { Listener } from '../program.ts';
import { temporaryFolder } from '../temporary.ts';
import { withinLimit } from '../time-limit.ts';

export const caddyName = 'chat.example.org';

export const withoutCaddy =
  spawnSync('caddy', ['version']).error === undefined
    ? false
    : 'NOT TRIED, for want of caddy: apt-get install caddy';

/** Starts it, and ends it with the test. `more`: lines for its `reverse_proxy`. */
export async function startCaddy(
  t: Scope,
  { web }: { web: Listener },
  more = '',
): Promise<Listener> {
  const folder = await temporaryFolder(t);
  for (;;) {
    const port = await freePort();
    const file = join(folder, 'Caddyfile');
    await writeFile(file, caddyfile(folder, port, web.port, more));
    if (await starts(t, file, folder)) return { host: '127.0.0.1', port };
  }
}

/** What the recipe has no need of: no other ports, no list of certificates of this machine, no folder elsewhere. */
const caddyfile = (folder: string, port: number, to: number, more: string): string => `{
  admin off
  auto_https disable_redirects
  skip_install_trust
  storage file_system ${join(folder, 'caddy')}
}
${caddyName}:${port} {
  bind 127.0.0.1
  tls internal
  reverse_proxy 127.0.0.1:${to} {
${more}
  }
}
`;

/** False if it ended: somebody else took the port meanwhile. */
async function starts(t: Scope, file: string, folder: string): Promise<boolean> {
  const caddy = spawn('caddy', ['run', '--config', file, '--adapter', 'caddyfile'], {
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(() => caddy.kill('SIGKILL'));
  let said = '';
  const up = new Promise<boolean>((resolve) => {
    caddy.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('certificate obtained successfully')) resolve(true);
    });
    caddy.once('exit', () => resolve(false));
  });
  const isUp = await withinLimit(up, 'Caddy', () => said);
  if (!isUp && !said.includes('address already in use')) throw new Error(said);
  return isUp;
}
