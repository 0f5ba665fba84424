// From options to a server that can start: the data directory and its content, the certificate, the settings. A failure
// here or at listening becomes the one line that the operator sees.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { openDataDirectory } from '../../server/config/data-directory.ts';
import type { SetupProblem } from '../../server/config/problem.ts';
import { StoreError, type Retention, type Store } from '../../hub/store-port.ts';
import type { KeptFileLimits, Quotas } from '../../hub/turn.ts';
import { floodLimits } from '../../server/limits/flood-limits.ts';
import type { Logger } from '../../server/log.ts';
import { ownIdentity } from '../../server/login/identity.ts';
import { LobbyError } from '../../server/lobby-setting.ts';
import type { ServerMemory, ServerSettings, WebSettings } from '../../server/server.ts';
import {
  readCertificate,
  validityWarning,
  type Certificate,
} from '../../server/tls/certificate.ts';
import { ownCertificate } from '../../server/tls/own-certificate.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { systemFailure, usageFailure, type Failure } from '../failure.ts';
import { version } from '../version.ts';
import { acmeCertificate } from './acme.ts';
import { hostAndPort } from './addresses.ts';
import { databaseFile } from './database-file.ts';
import type { ServeOptions } from './options.ts';

export interface Prepared {
  readonly settings: ServerSettings;
  /** Must be closed when the server has ended. */
  readonly memory: ServerMemory;
  readonly certificate: Certificate | undefined;
}

/** Opens the data directory and the certificate, and makes what is missing. */
export async function prepare(
  options: ServeOptions,
  log: Logger,
): Promise<Result<Prepared, Failure>> {
  const directory = await openDataDirectory(options.data);
  if (!directory.ok) return err(failureOf(directory.error));
  const certificate = await currentCertificate(options, log);
  if (!certificate.ok) return certificate;
  const identity = await ownIdentity(options.data, log);
  if (!identity.ok) return err(failureOf(identity.error));
  const store = await openOwnStore(options.data);
  if (!store.ok) return store;
  return ok({
    settings: settingsOf(options, certificate.value),
    memory: { store: store.value, identity: identity.value },
    certificate: certificate.value,
  });
}

async function openOwnStore(data: string): Promise<Result<Store, Failure>> {
  try {
    return ok(await openStore(join(data, databaseFile)));
  } catch (error) {
    if (!(error instanceof SqliteProblem)) throw error;
    return err(systemFailure(error.message, error.hint));
  }
}

/** The TLS certificate, from its current files. Undefined if TLS is off. */
export async function currentCertificate(
  options: ServeOptions,
  log: Logger,
): Promise<Result<Certificate | undefined, Failure>> {
  if (options['tls-port'] === undefined) return ok(undefined);
  const certFile = options['tls-cert'];
  const keyFile = options['tls-key'];
  const now = new Date();
  const certificate =
    certFile === undefined || keyFile === undefined
      ? await certificateOfOwn(options, now, log)
      : await readCertificate({ certFile, keyFile });
  if (!certificate.ok) return err(failureOf(certificate.error));
  const warning = validityWarning(certificate.value, now);
  if (warning !== undefined) log.warn({}, warning);
  return certificate;
}

async function certificateOfOwn(
  options: ServeOptions,
  now: Date,
  log: Logger,
): Promise<Result<Certificate, SetupProblem>> {
  const stored = await acmeCertificate(options);
  return stored === undefined ? ownCertificate(options.data, now, log) : ok(stored);
}

function settingsOf(options: ServeOptions, certificate: Certificate | undefined): ServerSettings {
  const { host, port } = options;
  const tlsPort = options['tls-port'];
  const metricsPort = options['metrics-port'];
  return {
    plain: port === undefined ? undefined : { host, port },
    tls:
      tlsPort === undefined || certificate === undefined
        ? undefined
        : {
            host: options['tls-host'],
            port: tlsPort,
            cert: certificate.cert,
            key: certificate.key,
          },
    welcome: options.welcome,
    pingIntervalMs: options['ping-interval'],
    pongTimeoutMs: options['pong-timeout'],
    loginTimeoutMs: options['login-timeout'],
    maxConnections: options['max-connections'],
    maxLineBytes: options['max-line-bytes'],
    slowReaders: {
      softUnsentBytes: options['unsent-soft'],
      maxUnsentBytes: options['unsent-max'],
      maxSlowMs: options['unsent-timeout'],
    },
    flood: floodLimits[options.limits],
    metrics:
      metricsPort === undefined
        ? undefined
        : { host: options['metrics-host'], port: metricsPort, version: version() },
    web: webOf(options),
    filePorts: options['file-ports'],
    keep: options.history,
    keptFiles: { folder: join(options.data, keptFilesFolder), limits: keptFileLimits(options) },
    quotas: quotasOf(options),
    disk: { folder: options.data, bytes: options['disk-reserve'] },
    retention: retentionOf(options),
    proxies: options['proxy-protocol'],
    registration: options.registration,
    guests: options.guests,
    lobby: options.lobby,
    fileTransfers: {
      connectTimeoutMs: options['file-connect-timeout'],
      stallTimeoutMs: options['file-stall-timeout'],
    },
  };
}

const usualWebPort = 1380;

function webOf(options: ServeOptions): WebSettings | undefined {
  if (options.web === 'off') return undefined;
  const asked = options['web-port'];
  return {
    at:
      asked === 'off'
        ? undefined
        : { host: '127.0.0.1', port: asked ?? usualWebPort, mayBeTaken: asked === undefined },
    folder: fileURLToPath(new URL('../../web/', import.meta.url)),
    proxies: options['web-proxies'],
  };
}

/** Without flood control, which is for closed networks and measurements, there are no quotas either. */
function quotasOf({ limits, ...options }: ServeOptions): Quotas {
  if (limits === 'off') return { account: undefined, guest: undefined };
  return { account: options['account-quota'], guest: options['guest-quota'] };
}

const dayMs = 86_400_000;

/** The bytes of kept files are beside the database. */
const keptFilesFolder = 'files';

/** Undefined if no files are kept. */
function keptFileLimits(options: ServeOptions): KeptFileLimits | undefined {
  const days = options['file-days'];
  if (days === undefined) return undefined;
  const isOff = options.limits === 'off';
  const quota = isOff ? undefined : options['file-quota'];
  const blobQuota = isOff ? undefined : options['blob-quota'];
  return { quota, blobQuota, total: options['file-total'], keepMs: days * dayMs };
}

/**
 * How long private messages wait to be fetched, in days. A person who stays away longer has most likely lost the
 * device.
 */
const directDays = 90;

function retentionOf(options: ServeOptions): Retention {
  const { 'keep-days': days, 'keep-messages': maxCount, 'keep-bytes': maxBytes } = options;
  return {
    maxAgeMs: days === undefined ? undefined : days * dayMs,
    maxCount,
    maxBytes,
    directMaxAgeMs: Math.min(days ?? Infinity, directDays) * dayMs,
  };
}

function failureOf({ kind, message, hint }: SetupProblem): Failure {
  return kind === 'system' ? systemFailure(message, hint) : usageFailure(message, hint);
}

/** Why the server could not listen. Undefined if `error` is another kind of error. */
export function listenFailure(error: unknown, options: ServeOptions): Failure | undefined {
  if (error instanceof StoreError) {
    return systemFailure(
      error.message,
      error.code === 'damaged' ? 'Keep a copy of it, and restore a backup.' : undefined,
    );
  }
  if (error instanceof LobbyError) {
    return usageFailure(error.message, lobbyHints[error.code]);
  }
  const refused = refusedListener(error);
  if (refused === undefined) return undefined;
  const { host, port } = refused;
  const isTls =
    port === undefined || port === 0
      ? host === options['tls-host']
      : port === options['tls-port'] && port !== options.port;
  const isMetrics =
    port !== undefined &&
    port === options['metrics-port'] &&
    port !== options.port &&
    port !== options['tls-port'];
  const isWeb = port !== undefined && port === options['web-port'] && port !== options.port;
  const place = port === undefined ? host : hostAndPort(host, port);
  return systemFailure(
    `cannot listen on ${place}: ${systemReason(error)}`,
    hintFor(systemCode(error), isWeb ? '--web' : isMetrics ? '--metrics' : isTls ? '--tls' : '-'),
  );
}

const lobbyHints: Readonly<Record<LobbyError['code'], string>> = {
  'is-sealed':
    'What is sealed stays sealed, so that nobody hears what was said for members alone: start it with --lobby sealed.',
  'not-kept': 'Add groups to --history, or leave the lobby open.',
};

// Node names the address and port that it could not use, or the name that it could not look up.
function refusedListener(error: unknown): { host: string; port: number | undefined } | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  if ('address' in error) {
    // Node leaves out port 0.
    const port = 'port' in error && typeof error.port === 'number' ? error.port : 0;
    return { host: String(error.address), port };
  }
  return 'hostname' in error ? { host: String(error.hostname), port: undefined } : undefined;
}

function hintFor(code: string | undefined, prefix: string): string {
  if (code === 'EADDRINUSE') {
    return `Stop the other program, or choose another port with ${prefix}-port.`;
  }
  if (code === 'EACCES') {
    return `Ports below 1024 are for privileged users: choose another with ${prefix}-port.`;
  }
  return `Choose an address of this machine with ${prefix}-host.`;
}
