// `helo serve`: sets a server up from its options, prints where it listens, and shuts it down on a signal. Knows
// nothing of messages; the server does.
import { styleText } from 'node:util';
import { err, ok, type Result } from '../lib/result.ts';
import { createLogger, type Logger } from '../server/log.ts';
import { startServer, type RunningServer } from '../server/server.ts';
import type { Certificate } from '../server/tls/certificate.ts';
import type { RunCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { quoted, usageFailure, type Failure } from './failure.ts';
import { helpText } from './flags/help.ts';
import { fromArguments } from './flags/sources.ts';
import { serveManual } from './manuals/serve.ts';
import type { Environment } from '../platform/node/home.ts';
import { invocation } from './invocation.ts';
import { runAcme } from './serve/acme.ts';
import { lanAddresses } from './serve/addresses.ts';
import { openAdmin } from './serve/admin.ts';
import { addressesToGive, banner, type Listening } from './serve/banner.ts';
import { logCrashes, onHangup, stopSignal, watchTerminal } from './serve/lifetime.ts';
import { firstInvite } from './serve/first-invite.ts';
import { nameIn, pageLinks, type CertificateKind } from './serve/page-links.ts';
import { currentCertificate, listenFailure, prepare } from './serve/setup.ts';
import { serveFlags, serveOptions, type ServeOptions } from './serve/options.ts';
import { printedPicture } from '../terminal/qr-picture.ts';
import { version } from './version.ts';

export const run: RunCommand = async (argv, env) => {
  const folder = process.cwd();
  const given = fromArguments(serveFlags, argv, folder);
  if (!given.ok) return given;
  if (given.value.help) {
    process.stdout.write(helpText(serveManual, given.value.help));
    return ok(exitCodes.ok);
  }
  const [surplus] = given.value.rest;
  if (surplus !== undefined) {
    return err(usageFailure(`serve takes flags only, not ${quoted(surplus)}`));
  }
  const options = await serveOptions(given.value.source, env, folder);
  return options.ok ? serve(options.value, env) : options;
};

async function serve(
  options: ServeOptions,
  env: Environment,
): Promise<Result<typeof exitCodes.ok, Failure>> {
  const log = createLogger(options['log-level']);
  logCrashes(process, log);
  const prepared = await prepare(options, log);
  if (!prepared.ok) return prepared;
  const { settings, memory, certificate } = prepared.value;
  let server: RunningServer;
  try {
    server = await startServer(settings, memory, log);
  } catch (error) {
    await memory.store.close();
    const failure = listenFailure(error, options);
    if (failure === undefined) throw error;
    return err(failure);
  }
  const kind = kindOf(options, certificate);
  const at = listening(server, certificate, kind, memory.identity.publicKey, env);
  const toGive = { addresses: addressesToGive(at), pages: at.page?.elsewhere ?? [] };
  const admin = await openAdmin(server, memory.store, options.data, toGive, log);
  if (!admin.ok) {
    await server.close();
    await memory.store.close();
    return admin;
  }
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const acme = await runAcme(server, options, log, tell);
  if (!acme.ok) {
    await admin.value.close();
    await server.close();
    await memory.store.close();
    return acme;
  }
  const isTerminalGone = watchTerminal();
  const stop = stopSignal(process, isTerminalGone);
  onHangup(process, isTerminalGone, () => reloadCertificate(server, options, log));
  const invite = await firstInvite(server, settings.registration, process.stdout);
  process.stdout.write(bannerOf({ ...at, invite }, options, env));
  log.info({ signal: await stop }, 'stopping');
  acme.value.close();
  await admin.value.close();
  await server.close();
  if (!server.isStoring) {
    log.error(
      {},
      'stopped while nothing can be stored: what was not stored is lost, and was delivered to nobody',
    );
  }
  await memory.store.close();
  return ok(exitCodes.ok);
}

// Uses a renewed certificate without a stop. One that cannot be used changes nothing.
async function reloadCertificate(
  server: RunningServer,
  options: ServeOptions,
  log: Logger,
): Promise<void> {
  const certificate = await currentCertificate(options, log);
  if (!certificate.ok) {
    log.error({}, `the TLS certificate stays as it was: ${certificate.error.message}`);
  } else if (certificate.value === undefined) {
    log.warn({}, 'SIGHUP reloads the TLS certificate, and TLS is off: nothing to do');
  } else {
    server.reloadTls(certificate.value);
    log.info({}, 'the TLS certificate was loaded again');
  }
}

function kindOf(options: ServeOptions, certificate: Certificate | undefined): CertificateKind {
  const name = options['acme-host'];
  if (name !== undefined) return { is: 'acme', name };
  if (options['tls-cert'] === undefined || certificate === undefined) return { is: 'own' };
  return { is: 'given', name: nameIn(certificate.cert) };
}

function listening(
  { plain, tls, web, hasPage, metrics }: RunningServer,
  certificate: Certificate | undefined,
  kind: CertificateKind,
  identity: Uint8Array,
  env: Environment,
): Listening {
  const lan = lanAddresses();
  return {
    version: version(),
    page: hasPage ? pageLinks({ web, tls, kind, lan }) : undefined,
    program: invocation(process.argv[1], env, process.cwd()),
    plain,
    web,
    metrics,
    tls: tls && certificate && { ...tls, fingerprint: certificate.fingerprint, identity },
    lan,
  };
}

function bannerOf(at: Listening, options: ServeOptions, env: Environment): string {
  const coloured = process.stdout.isTTY && (env['NO_COLOR'] ?? '') === '';
  return banner(at, {
    strong: coloured ? (text) => styleText('bold', text) : (text) => text,
    picture: (link) => (options['no-qr'] ? '' : printedPicture(link, process.stdout, env)),
  });
}
