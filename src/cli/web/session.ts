// `helo web` while it runs: asks who the server is, opens the page at the server's own port, and tells the person where.
// Owns what the person sees. On stdout stands the link, and nothing else.
import type { CloseReason } from '../../client/client-state.ts';
import {
  formatFingerprint,
  formatServerAddress,
  serverKeyOf,
} from '../../client/connection/server-address.ts';
import { farewell } from '../../client/wording/farewell.ts';
import { formatHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { readPage, type WebPage } from '../../server/web/page.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { systemFailure, usageFailure, type Failure } from '../failure.ts';
import { exitOf } from '../outcome.ts';
import { stopSignal, watchTerminal } from '../serve/lifetime.ts';
import { noPage } from './digest.ts';
import type { WebOptions } from './options.ts';
import { digestOf, pageFolder } from './page-folder.ts';
import { PageHost } from './page-host.ts';
import { openPagePorts, type PagePorts } from './port-file.ts';
import { TrustedServer } from './trusted-server.ts';

/** Serves the page until it is stopped. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function serveWeb(options: WebOptions): Promise<Result<ExitCode, Failure>> {
  const page = await readPage(pageFolder);
  if (!page.has('/')) return err(noPage);
  const trusted = await TrustedServer.open(options.server, options.data);
  const key = await keyOf(trusted, options);
  if (!key.ok) return key;
  const ports = await openPagePorts(options.data, key.value);
  const ended = new Ending();
  const host = await openAt(options, ports, (port) =>
    PageHost.open(port, page, trusted, (reason) => ended.refused(reason, options)),
  );
  if (!host.ok) return host;
  if (options.port !== 0) await ports.remember(host.value.port);
  tellLink(host.value, page, options);
  void stopSignal(process, watchTerminal()).then(() => ended.over(ok(exitCodes.ok)));
  const end = await ended.promise;
  host.value.close();
  return end;
}

/**
 * The name of the server for its port: its identity, so that every spelling of its address leads to the same page; its
 * address if it has none. A server that is known need not be there: the page opens without it.
 */
async function keyOf(
  trusted: TrustedServer,
  { server, data }: WebOptions,
): Promise<Result<string, Failure>> {
  const asked = await trusted.ask();
  if (asked.ok) {
    const { identity, isNew } = asked.value;
    if (identity === undefined) return ok(serverKeyOf(server));
    if (isNew) tellNew(server, identity);
    return ok(keyOfIdentity(identity));
  }
  const failure = failureOf(asked.error, server);
  const known = await openKnownServers(data).identityOf(serverKeyOf(server));
  if (known === undefined || !isPassing(asked.error)) return err(failure);
  say(`${failure.message}. The page opens without it, and connects when it is there.`);
  return ok(keyOfIdentity(known));
}

function keyOfIdentity(identity: Uint8Array): string {
  return `identity-${formatHex(identity)}`;
}

/** Whether the server may be there again by itself. */
function isPassing({ code }: CloseReason): boolean {
  return code === 'unreachable' || code === 'lost' || code === 'silent' || code === 'disconnected';
}

/** Opens the page at the port that was asked for, at the one that the server has, or at the first one that is free. */
async function openAt(
  { port: asked, server }: WebOptions,
  ports: PagePorts,
  open: (port: number) => Promise<PageHost>,
): Promise<Result<PageHost, Failure>> {
  const owner = asked === undefined ? undefined : ports.ownerOf(asked);
  if (owner !== undefined) {
    const message = `port ${asked} has the page of another server, ${owner}`;
    return err(
      usageFailure(message, 'A browser keeps what it stores by the port. Choose another.'),
    );
  }
  const wanted = asked ?? ports.own;
  for (const port of wanted === undefined ? ports.free() : [wanted]) {
    try {
      return ok(await open(port));
    } catch (error) {
      const isTaken = systemCode(error) === 'EADDRINUSE';
      if (isTaken && wanted === undefined) continue;
      if (isTaken) return err(taken(port, asked === undefined, formatServerAddress(server)));
      return err(systemFailure(`cannot listen at port ${port}: ${systemReason(error)}`));
    }
  }
  return err(systemFailure('no port is free for the page', 'Say one: --port PORT.'));
}

function taken(port: number, isUsual: boolean, server: string): Failure {
  return systemFailure(
    `port ${port} is in use`,
    isUsual
      ? `That is where your browser has what it stored for ${server}. If another helo web runs there, use its page or end it. With --port PORT the browser begins anew.`
      : 'Say another one, or none: --port PORT.',
  );
}

/** How it ends: once. */
class Ending {
  readonly promise: Promise<Result<ExitCode, Failure>>;
  over: (end: Result<ExitCode, Failure>) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve) => (this.over = resolve));
  }

  /** The page could not be connected. It tries again, unless the server is not the right one. */
  refused(reason: CloseReason, { server }: WebOptions): void {
    if (!isPassing(reason) && reason.code !== 'refused') this.over(err(failureOf(reason, server)));
  }
}

function failureOf(reason: CloseReason, server: WebOptions['server']): Failure {
  const outcome = exitOf(farewell(reason, server));
  return outcome.ok ? systemFailure('the server closed the connection') : outcome.error;
}

function tellNew(server: WebOptions['server'], identity: Uint8Array): void {
  say(
    `${formatServerAddress(server)} is new here. From now on it must prove the identity`,
    `  ${formatFingerprint(identity)}`,
    'Whoever runs it can say whether that is its own: helo admin status tells it there.',
  );
}

function tellLink(host: PageHost, page: WebPage, { server, port }: WebOptions): void {
  say(
    `The page for ${formatServerAddress(server)}, for browsers on this machine. Ctrl-C ends it.`,
    `Digest of the page: ${digestOf(page).whole}`,
    ...(port === 0
      ? ['At this port the browser has nothing stored, and will not find it again.']
      : []),
  );
  process.stdout.write(`${host.link}\n`);
}

/** The program's own words: stdout has the link alone. */
function say(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}
