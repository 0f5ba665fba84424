// The flags of `helo serve`, and their sources. A flag overrides a variable, a variable the configuration file, the
// file the default.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { lobbyKinds } from '../../server/lobby-setting.ts';
import { guestPolicies } from '../../server/login/guests.ts';
import { registrationPolicies } from '../../server/login/registration.ts';
import { floodModes } from '../../server/limits/flood-limits.ts';
import { logLevels } from '../../server/log.ts';
import { systemFailure, usageFailure, type Failure } from '../failure.ts';
import {
  domainName,
  host,
  httpsUrl,
  lineOfText,
  oneOf,
  path,
  portOrOff,
  portRange,
  seconds,
  wholeNumber,
} from '../flags/decoders.ts';
import { fromFile, type Forbidden } from '../flags/file.ts';
import { settle } from '../flags/settle.ts';
import { fromEnvironment, type FlagSource } from '../flags/sources.ts';
import type { Environment } from '../../platform/node/home.ts';
import { derivedFlag, flag, optionalFlag, switchFlag, type FlagValues } from '../flags/table.ts';
import { usualServerData } from '../../platform/node/xdg.ts';
import { countOrOff, daysOrOff, kinds } from './history-flags.ts';
import { portOrWordOff, proxies } from './web-flags.ts';

const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

export const serveFlags = {
  host: flag({
    value: 'HOST',
    decode: host,
    default: '127.0.0.1',
    help: 'where to listen for plain text',
  }),
  port: flag({
    value: 'PORT',
    decode: portOrOff,
    default: '1337',
    help: '0 takes a free one; or off',
  }),
  'tls-host': optionalFlag({
    value: 'HOST',
    decode: host,
    shownDefault: 'all addresses',
    help: 'where to listen for TLS',
  }),
  'tls-port': flag({
    value: 'PORT',
    decode: portOrOff,
    default: '1338',
    help: '0 takes a free one; or off',
  }),
  'tls-cert': optionalFlag({
    value: 'FILE',
    decode: path,
    shownDefault: 'made on first start',
    help: 'certificate, PEM',
  }),
  'tls-key': optionalFlag({ value: 'FILE', decode: path, help: 'its private key, PEM' }),
  'acme-host': optionalFlag({
    value: 'NAME',
    decode: domainName,
    help: 'has a certificate made that browsers trust',
  }),
  'acme-terms': optionalFlag({
    value: 'WORD',
    decode: oneOf(['agreed']),
    help: "agreed: with the authority's terms",
    rare: true,
  }),
  'acme-mail': optionalFlag({
    value: 'ADDRESS',
    decode: lineOfText(254),
    help: 'where the authority may write to',
    rare: true,
  }),
  'acme-directory': derivedFlag({
    value: 'URL',
    decode: httpsUrl,
    shownDefault: "Let's Encrypt's",
    absent: () => letsEncrypt,
    help: 'the authority',
    rare: true,
  }),
  'acme-http-port': flag({
    value: 'PORT',
    decode: portOrOff,
    default: 'off',
    help: 'proves the name by HTTP, not TLS',
    rare: true,
  }),
  data: derivedFlag({
    value: 'DIR',
    decode: path,
    shownDefault: '~/.local/share/helo/server',
    absent: usualServerData,
    help: 'what is kept',
  }),
  config: optionalFlag({
    value: 'FILE',
    decode: path,
    shownDefault: 'DIR/helo.toml if there',
    help: 'settings in TOML',
  }),
  welcome: flag({
    value: 'TEXT',
    decode: lineOfText(400),
    default: 'Welcome to helo',
    help: 'first words to newcomers',
  }),
  registration: flag({
    value: 'WHO',
    decode: oneOf(registrationPolicies),
    default: 'auto',
    help: 'may make accounts: open, invite, closed',
  }),
  guests: flag({
    value: 'WHAT',
    decode: oneOf(guestPolicies),
    default: 'auto',
    help: 'what guests may: off, lobby, on',
  }),
  lobby: flag({
    value: 'KIND',
    decode: oneOf(lobbyKinds),
    default: 'open',
    help: 'sealed: for accounts alone, for good',
    rare: true,
  }),
  history: flag({
    value: 'KINDS',
    decode: kinds,
    default: 'on',
    help: 'what is kept; off, or lobby,groups,direct',
  }),
  'keep-days': flag({
    value: 'COUNT',
    decode: countOrOff(1, 36_500),
    default: '365',
    help: 'how long messages are kept; or off',
    rare: true,
  }),
  'keep-messages': flag({
    value: 'COUNT',
    decode: countOrOff(1, 1_000_000_000),
    default: '1000000',
    help: 'of each conversation; or off',
    rare: true,
  }),
  'keep-bytes': flag({
    value: 'COUNT',
    decode: countOrOff(1_048_576, 1_000_000_000_000),
    default: '1073741824',
    help: 'of the lobby, of a group; or off',
    rare: true,
  }),
  'account-quota': flag({
    value: 'COUNT',
    decode: countOrOff(1_048_576, 1_000_000_000_000),
    default: '134217728',
    help: 'kept of one account a day; or off',
    rare: true,
  }),
  'guest-quota': flag({
    value: 'COUNT',
    decode: countOrOff(1_048_576, 1_000_000_000_000),
    default: '33554432',
    help: 'kept of one guest a day; or off',
    rare: true,
  }),
  'ping-interval': flag({
    value: 'SECONDS',
    decode: seconds(0.05, 86_400, { zero: true }),
    default: '60',
    help: 'between heartbeats; 0 for none',
    rare: true,
  }),
  'pong-timeout': flag({
    value: 'SECONDS',
    decode: seconds(0.05, 3_600),
    default: '3',
    help: 'time to answer a heartbeat',
    rare: true,
  }),
  'login-timeout': flag({
    value: 'SECONDS',
    decode: seconds(0.05, 86_400, { zero: true }),
    default: '120',
    help: 'time to log in; 0 for no bound',
    rare: true,
  }),
  'max-connections': flag({
    value: 'COUNT',
    decode: wholeNumber(1, 1_000_000),
    default: '10000',
    help: 'more are turned away',
    rare: true,
  }),
  'disk-reserve': flag({
    value: 'COUNT',
    decode: wholeNumber(0, 1_000_000_000_000),
    default: '134217728',
    help: 'nothing is kept below so much room',
    rare: true,
  }),
  'max-line-bytes': flag({
    value: 'COUNT',
    decode: wholeNumber(512, 16_777_216),
    default: '65536',
    help: 'longer lines end the connection',
    rare: true,
  }),
  limits: flag({
    value: 'MODE',
    decode: oneOf(floodModes),
    default: 'default',
    help: 'flood control; connection, off',
  }),
  'unsent-soft': flag({
    value: 'COUNT',
    decode: wholeNumber(4096, 1_073_741_824),
    default: '1048576',
    help: 'unsent bytes of a slow reader',
    rare: true,
  }),
  'unsent-max': flag({
    value: 'COUNT',
    decode: wholeNumber(4096, 1_073_741_824),
    default: '8388608',
    help: 'unsent bytes that end it',
    rare: true,
  }),
  'unsent-timeout': flag({
    value: 'SECONDS',
    decode: seconds(0.05, 3_600),
    default: '30',
    help: 'how long one may be slow',
    rare: true,
  }),
  'file-ports': optionalFlag({
    value: 'A-B',
    decode: portRange,
    shownDefault: 'any free ones',
    help: 'ports for file transfers',
    rare: true,
  }),
  'file-quota': flag({
    value: 'COUNT',
    decode: countOrOff(1_048_576, 1_000_000_000_000_000),
    default: '1073741824',
    help: 'kept files of one account; or off',
    rare: true,
  }),
  'file-total': flag({
    value: 'COUNT',
    decode: countOrOff(1_048_576, 1_000_000_000_000_000),
    default: '21474836480',
    help: 'kept in files of all; or off',
    rare: true,
  }),
  'blob-quota': flag({
    value: 'COUNT',
    decode: countOrOff(1_048_576, 1_000_000_000_000_000),
    default: '268435456',
    help: 'backup of one account; or off',
    rare: true,
  }),
  'file-days': flag({
    value: 'COUNT',
    decode: daysOrOff(3_650),
    default: '14',
    help: 'how long files wait; 0 or off: none',
    rare: true,
  }),
  'file-connect-timeout': flag({
    value: 'SECONDS',
    decode: seconds(0.05, 3_600),
    default: '30',
    help: 'time to come to the port of a file',
    rare: true,
  }),
  'file-stall-timeout': flag({
    value: 'SECONDS',
    decode: seconds(0.05, 86_400),
    default: '60',
    help: 'how long a file may stand still',
    rare: true,
  }),
  web: flag({
    value: 'WHICH',
    decode: oneOf(['on', 'off']),
    default: 'on',
    help: 'the page for browsers; or off',
  }),
  'web-port': optionalFlag({
    value: 'PORT',
    decode: portOrWordOff,
    shownDefault: '1380',
    help: 'HTTP, on this machine only; or off',
    rare: true,
  }),
  'web-proxies': flag({
    value: 'LIST',
    decode: proxies,
    default: 'none',
    help: 'addresses of trusted proxies',
    rare: true,
  }),
  'proxy-protocol': flag({
    value: 'LIST',
    decode: proxies,
    default: 'none',
    help: 'proxies that say whose a connection is',
    rare: true,
  }),
  'no-qr': switchFlag('links as text alone, without a QR code', 'rare'),
  'metrics-host': flag({
    value: 'HOST',
    decode: host,
    default: '127.0.0.1',
    help: 'where to tell metrics',
    rare: true,
  }),
  'metrics-port': flag({
    value: 'PORT',
    decode: portOrOff,
    default: 'off',
    help: 'HTTP: /metrics, /healthz',
    rare: true,
  }),
  'log-level': flag({
    value: 'LEVEL',
    decode: oneOf(logLevels),
    default: 'warn',
    help: logLevels.filter((level) => level !== 'warn').join(', '),
  }),
} as const;

export type ServeOptions = FlagValues<typeof serveFlags>;

/** The options from the given flags, the environment and the configuration file. */
export async function serveOptions(
  given: FlagSource,
  env: Environment,
  folder: string,
): Promise<Result<ServeOptions, Failure>> {
  const fromEnv = fromEnvironment(serveFlags, env, folder);
  if (!fromEnv.ok) return fromEnv;
  const asked = [given, fromEnv.value];
  // The paths of the file and of the data directory must be known before the file is read.
  const places = settle({ config: serveFlags.config, data: serveFlags.data }, asked, env);
  if (!places.ok) return places;
  const file = await readConfiguration(places.value.config, places.value.data);
  if (!file.ok) return file;
  const options = settle(serveFlags, [...asked, file.value], env);
  return options.ok ? check(options.value) : options;
}

async function readConfiguration(
  named: string | undefined,
  data: string,
): Promise<Result<FlagSource, Failure>> {
  const file = named ?? join(data, 'helo.toml');
  const forbidden: Forbidden = {
    config: 'A configuration file cannot name another one.',
    ...(named === undefined && { data: 'This file is found by way of the data directory.' }),
  };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readRegular(file));
    return fromFile(serveFlags, file, text, forbidden);
  } catch (error) {
    if (error instanceof NotRegular) {
      return err(systemFailure(`the configuration ${file} cannot be read: it is no regular file`));
    }
    const code = systemCode(error);
    // Only the default file may be missing, with its folder: at first neither exists.
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return ok(new Map());
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return err(usageFailure(`the configuration ${file} is not text in UTF-8`));
    }
    return err(systemFailure(`the configuration ${file} cannot be read: ${systemReason(error)}`));
  }
}

/** The bytes of a regular file. Anything else could be endless or wait for a writer, and is not read. */
async function readRegular(path: string): Promise<Uint8Array> {
  // Without waiting: opening a FIFO would block until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    // For a folder, the read gives the right error.
    if (!found.isFile() && !found.isDirectory()) throw new NotRegular();
    return await file.readFile();
  } finally {
    await file.close();
  }
}

class NotRegular extends Error {}

// Checks what no flag can check alone.
function check(options: ServeOptions): Result<ServeOptions, Failure> {
  if (options.port === undefined && options['tls-port'] === undefined) {
    return err(
      usageFailure(
        'there is nowhere to listen: port and tls-port are both off',
        'Leave one of them on.',
      ),
    );
  }
  if ((options['tls-cert'] === undefined) !== (options['tls-key'] === undefined)) {
    return err(
      usageFailure(
        'tls-cert and tls-key belong together, and only one of them is given',
        'Give both, or neither to have a certificate made.',
      ),
    );
  }
  const acme = checkAcme(options);
  if (acme !== undefined) return err(acme);
  if (options['unsent-soft'] > options['unsent-max']) {
    return err(
      usageFailure(
        'unsent-soft is larger than unsent-max: nobody would be watched before the end',
        'Give unsent-max the larger number.',
      ),
    );
  }
  return ok(options);
}

function checkAcme(options: ServeOptions): Failure | undefined {
  if (options['acme-host'] === undefined) return undefined;
  if (options['tls-port'] === undefined) {
    return usageFailure('acme-host gets a certificate for TLS, and tls-port is off');
  }
  if (options['tls-cert'] !== undefined) {
    return usageFailure(
      'acme-host and tls-cert exclude each other: each is where the certificate comes from',
    );
  }
  if (options['acme-terms'] === undefined) {
    return usageFailure(
      'a certificate by acme-host wants your word that you agree to the terms of the authority',
      `Read them (${options['acme-directory']} says where they are), then add --acme-terms agreed.`,
    );
  }
  return undefined;
}
