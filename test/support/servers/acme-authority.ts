// An ACME authority for tests: Debian's pebble, which checks names as the real ones do, on ports that the test passes on
// to the server. Every name is `localhost` to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { issueCertificate } from '../certificates.ts';
import { freePort } from '../free-port.ts';
import { withinLimit } from '../time-limit.ts';

export interface AcmeAuthority {
  readonly directory: string;
  /** The certificate by which its own connection is known, for NODE_EXTRA_CA_CERTS. */
  readonly certificate: string;
  /** What looks for the TLS port, or the HTTP port, of a name arrives at this port of this machine. */
  pass(kind: 'tls' | 'http', port: number): void;
}

/** Starts it in `folder`. Ends with the test. */
export async function startAcmeAuthority(t: TestContext, folder: string): Promise<AcmeAuthority> {
  const own = await issueCertificate(folder, 'authority');
  const relays = { tls: await startRelay(t), http: await startRelay(t) };
  for (;;) {
    const port = await freePort();
    const config = join(folder, 'pebble.json');
    const pebble = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: '',
      certificate: own.certFile,
      privateKey: own.keyFile,
      httpPort: relays.http.port,
      tlsPort: relays.tls.port,
    };
    await writeFile(config, JSON.stringify({ pebble }));
    if (!(await startPebble(t, config))) continue;
    return {
      directory: `https://127.0.0.1:${port}/dir`,
      certificate: own.certFile,
      pass: (kind, to) => relays[kind].pass(to),
    };
  }
}

/** False if it ended at once: somebody else took the port meanwhile. */
async function startPebble(t: TestContext, config: string): Promise<boolean> {
  const process_ = spawn('pebble', ['-config', config], {
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => process_.kill('SIGKILL'));
  const listens = new Promise<boolean>((resolve) => {
    let said = '';
    process_.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ACME directory available')) resolve(true);
      if (said.includes('address already in use')) resolve(false);
    });
    process_.once('exit', () => resolve(false));
  });
  return withinLimit(listens, 'the authority');
}

async function listenAt(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function startRelay(t: TestContext) {
  let pass: (port: number) => void = () => {};
  const target = new Promise<number>((resolve) => (pass = resolve));
  const server = createServer((socket) => {
    socket.on('error', () => {});
    void passOn(socket, target);
  });
  t.after(() => server.close());
  return { port: await listenAt(server), pass };
}

async function passOn(socket: Socket, target: Promise<number>): Promise<void> {
  const onward = connect(await target, '127.0.0.1');
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
  onward.on('close', () => socket.destroy());
  socket.pipe(onward).pipe(socket);
}
