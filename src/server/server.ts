// The composition root of a server: settings -> listeners, hub, delivery, heartbeat, wired together.

import { defaultHubLimits } from '../hub/limits.ts';
import type { AdminAct } from '../hub/inputs.ts';
import type { AccountView, AddressBanView } from '../hub/lookups.ts';
import type { PutBack } from '../hub/records.ts';
import type { Retention, Store } from '../hub/store-port.ts';
import type { quotasUsed } from '../hub/quotas.ts';
import type { KeptFileLimits, Keep, Quotas } from '../hub/turn.ts';
import { systemCode } from '../lib/system-error.ts';
import { formatWelcome, ownFeatures, type Feature } from '../wire/features.ts';
import { binaryFromText } from './binary-string.ts';
import { ChatService } from './chat.ts';
import type { SlowConsumerLimits } from './delivery/slow-consumers.ts';
import { systemClock } from './clock.ts';
import type { DiskReserve, DiskRoom } from './disk-watch.ts';
import type { PortRange } from './files/port.ts';
import type { RelayLimits } from './files/relay-transfer.ts';
import { Admission } from './limits/admission.ts';
import { FloodControl } from './limits/flood-control.ts';
import type { FloodLimits } from './limits/flood-limits.ts';
import type { Logger } from './log.ts';
import type { ServerIdentity } from './login/identity.ts';
import { checkLobby, type LobbyKind } from './lobby-setting.ts';
import type { GuestPolicy } from './login/guests.ts';
import type { RegistrationPolicy } from './login/registration.ts';
import type { Endpoint } from './metrics/endpoint.ts';
import type { Figures } from './metrics/figures.ts';
import type { ChallengeListener } from './tls/acme/challenges.ts';
import { ownHeap, SpareMemory } from './spare-memory.ts';
import { acceptTrouble } from './transport/accept-trouble.ts';
import type { BindAddress, ListenAddress, Listener, AcceptOptions } from './transport/listener.ts';
import { listenHttp } from './transport/http.ts';
import { listenPlain } from './transport/plain.ts';
import { listenTls, type TlsCredentials } from './transport/tls.ts';
import type { Accept } from './transport/transport.ts';
import type { TrustedProxies } from './transport/trusted-proxies.ts';
import type { HttpSideSettings, VisitFile } from './web/http-side.ts';
import type { WebSide, WebSideSettings } from './web/web-side.ts';

export type { ListenAddress } from './transport/listener.ts';
export type { TlsCredentials } from './transport/tls.ts';

/** Everything a server needs to know, already checked. */
export interface ServerSettings {
  /** Where to listen for plain text. Port 0 is any free one. */
  readonly plain: ListenAddress | undefined;
  /** Where to listen for TLS. No host means all addresses. PEM texts. */
  readonly tls: (TlsCredentials & BindAddress) | undefined;
  /** Proxies whose connections begin with a header that says whose they are. Undefined: none. */
  readonly proxies?: TrustedProxies | undefined;
  /** The free text of the greeting. */
  readonly welcome: string;
  /** Time between pings in milliseconds; 0 for no heartbeat. */
  readonly pingIntervalMs: number;
  /** How long an answer to a ping may take, in milliseconds. */
  readonly pongTimeoutMs: number;
  /** How long a connection may take to log in, in milliseconds; 0 for no limit. */
  readonly loginTimeoutMs: number;
  readonly maxConnections: number;
  /** The longest line accepted, in bytes without its line end. */
  readonly maxLineBytes: number;
  /** When a connection that does not read its output is closed. */
  readonly slowReaders: SlowConsumerLimits;
  /** How much one connection and one address may do. Undefined for no limits. */
  readonly flood: FloodLimits | undefined;
  /** Where to listen for monitoring, and the version to report. Undefined for nowhere. */
  readonly metrics: (ListenAddress & { readonly version: string }) | undefined;
  /** The web page and its WebSockets. Undefined for neither. */
  readonly web?: WebSettings | undefined;
  /** The ports for file transfers. Undefined for any free one. */
  readonly filePorts: PortRange | undefined;
  /** How long a file transfer may stand still. */
  readonly fileTransfers: RelayLimits;
  /** Where files are kept, and how much and how long; `limits` is undefined if none are kept any more. */
  readonly keptFiles?:
    { readonly folder: string; readonly limits: KeptFileLimits | undefined } | undefined;
  /** Which conversations are stored. */
  readonly keep: Keep;
  /** How long messages stay stored. */
  readonly retention: Retention;
  /** How much writers may add to what is stored. Left out for the defaults. */
  readonly quotas?: Quotas | undefined;
  /** How much of which disk stays free. Undefined if it is not watched. */
  readonly disk?: DiskReserve | undefined;
  /** Who may make an account. */
  readonly registration: RegistrationPolicy;
  /** What guests may do. */
  readonly guests: GuestPolicy;
  /** Without it the lobby is open. */
  readonly lobby?: LobbyKind;
}

export interface WebSettings extends WebSideSettings {
  /** Where to listen for HTTP. Undefined for nowhere: then it is served over TLS alone. */
  readonly at: (ListenAddress & { readonly mayBeTaken: boolean }) | undefined;
}

/** Where a server stores data, and its identity. */
export interface ServerMemory {
  /** The server is its only user while it runs, and leaves it open. */
  readonly store: Store;
  readonly identity: ServerIdentity;
}

export interface RunningServer {
  readonly plain: ListenAddress | undefined;
  readonly tls: ListenAddress | undefined;
  readonly metrics: ListenAddress | undefined;
  /** Where it serves HTTP. Undefined if it does not, or only over TLS. */
  readonly web: ListenAddress | undefined;
  /** Whether browsers get the page. */
  readonly hasPage: boolean;
  /** Uses a new certificate for connections from now on. */
  reloadTls(credentials: TlsCredentials): void;
  /** Where an ACME authority is shown that a name leads here. Undefined without TLS. */
  readonly challenges: ChallengeListener | undefined;
  /** Carries out the operator's act. Resolves when it is stored. */
  administer(act: AdminAct): Promise<void>;
  /** All accounts, in the order of their creation. */
  readonly accounts: readonly AccountView[];
  /** Addresses from which no new people are let in. */
  readonly addressBans: readonly AddressBanView[];
  /** Stands for an address. Undefined if it does not identify a person. */
  placeOf(address: string): string | undefined;
  /** How much of the quotas is used now. */
  readonly quotasUsed: ReturnType<typeof quotasUsed>;
  /** Whether a one-time code, by its SHA-256, is valid now. */
  hasInvite(hash: string): boolean;
  /** Open connections, logged in or not. */
  readonly connections: number;
  /** Whether the store works at the moment. */
  readonly isStoring: boolean;
  /** Of the disk. Undefined if it is not known. */
  readonly room: DiskRoom | undefined;
  /** Sends everybody the reason, closes every socket, and resolves when all are closed. */
  close(): Promise<void>;
}

const putBackWords: Readonly<Record<PutBack, string>> = {
  restored:
    'this is a restored backup: what was said after it is gone here, and clients are told so',
  cut: 'the database is older than what was acknowledged from it: its last changes are lost, and clients are told so',
};

function featuresOf({ keptFiles }: ServerSettings): readonly Feature[] {
  return keptFiles?.limits === undefined ? ownFeatures : [...ownFeatures, 'kept-files', 'blobs'];
}

/** Starts a server. Rejects with the system's error if it cannot listen, or with a StoreError. */
export async function startServer(
  settings: ServerSettings,
  { store, identity }: ServerMemory,
  log: Logger,
): Promise<RunningServer> {
  const { maxConnections } = settings;
  const records = await store.load();
  const { lobby = 'open' } = settings;
  checkLobby(lobby, settings.keep, records.groups);
  const { putBack } = records;
  if (putBack !== undefined) log.warn({ putBack }, putBackWords[putBack]);
  const flood = settings.flood && new FloodControl(settings.flood, maxConnections, systemClock);
  const admission = flood && new Admission(flood, maxConnections, systemClock);
  const chat = new ChatService(
    {
      env: {
        ...defaultHubLimits,
        ...transferLimits(settings.filePorts),
        welcome: formatWelcome(binaryFromText(settings.welcome), featuresOf(settings)),
        maxConnections,
        keep: settings.keep,
        sealedLobby: lobby === 'sealed',
        keepMs: settings.retention.maxAgeMs,
        keepCount: settings.retention.maxCount,
        ...(settings.quotas && { quotas: settings.quotas }),
        keptFiles: settings.keptFiles?.limits,
      },
      maxLineBytes: settings.maxLineBytes,
      slowReaders: settings.slowReaders,
      flood,
      pingIntervalMs: settings.pingIntervalMs,
      pongTimeoutMs: settings.pongTimeoutMs,
      loginTimeoutMs: settings.loginTimeoutMs,
      files: {
        ...settings.fileTransfers,
        ports: settings.filePorts,
        folder: settings.keptFiles?.folder,
      },
      registration: settings.registration,
      guests: settings.guests,
      retention: settings.retention,
      disk: settings.disk,
    },
    { store, records, identity },
    log,
  );
  await chat.sweepFiles();
  if (settings.tls) chat.useTls(settings.tls);
  const accept: Accept = (transport) => chat.accept(transport);
  const visitFile: VisitFile = (...visit) => chat.visitFile(...visit);
  const web = await openWeb(settings, { admission, accept, visitFile, clock: systemClock }, log);
  const accepting: AcceptOptions = {
    admission,
    proxies: settings.proxies,
    accept,
    failed: acceptTrouble(log, () => systemClock.now()),
    http: web?.http,
  };
  const listeners: Listener[] = [];
  const open = async <T extends Listener>(listening: Promise<T>): Promise<T> => {
    const listener = await listening;
    listeners.push(listener);
    return listener;
  };
  try {
    const plain = settings.plain && (await open(listenPlain(settings.plain, accepting)));
    const tls = settings.tls && (await open(listenTls(settings.tls, settings.tls, accepting)));
    const at = settings.web?.at;
    const page = at && (await openUnlessTaken(at, open(listenHttp(at, accepting)), log));
    let isServing = true;
    const figures = () => ({
      ...chat.figures(),
      waitingAtDoor: admission?.waiting ?? 0,
      turnedAwayTotal: admission?.turnedAway ?? 0,
    });
    const watched = settings.metrics;
    const trouble = () => {
      if (!isServing) return 'shutting down';
      return chat.trouble;
    };
    const metrics = watched && (await openMetrics(watched, chat, figures, trouble));
    const heap = ownHeap();
    const spare = heap && new SpareMemory(heap, systemClock, () => chat.commands);
    spare?.start();
    return {
      plain: plain?.address,
      tls: tls?.address,
      metrics: metrics?.address,
      web: page?.address,
      hasPage: web?.hasPage === true,
      reloadTls(credentials) {
        tls?.reload(credentials);
        chat.useTls(credentials);
      },
      challenges: tls,
      administer: (act) => chat.administer(act),
      hasInvite: (hash) => chat.hasInvite(hash),
      get accounts() {
        return chat.accounts;
      },
      get addressBans() {
        return chat.addressBans;
      },
      placeOf: (address) => chat.placeOf(address),
      get quotasUsed() {
        return chat.quotasUsed;
      },
      get connections() {
        return chat.figures().connections;
      },
      get isStoring() {
        return chat.isStoring;
      },
      get room() {
        return chat.room;
      },
      async close() {
        isServing = false;
        const closed = listeners.map((listener) => listener.close());
        spare?.close();
        admission?.close();
        await Promise.all([chat.close(), ...closed]);
        flood?.close();
        // Last, so that monitoring sees the end coming.
        metrics?.close();
      },
    };
  } catch (error) {
    for (const listener of listeners) void listener.close();
    await chat.close();
    throw error;
  }
}

/** Loads the libraries only if they are needed. */
async function openWeb(
  { web, maxLineBytes }: ServerSettings,
  shared: Pick<HttpSideSettings, 'admission' | 'accept' | 'visitFile' | 'clock'>,
  log: Logger,
): Promise<WebSide | undefined> {
  if (web === undefined) return undefined;
  const { openWebSide } = await import('./web/web-side.ts');
  return openWebSide(web, { ...shared, maxLineBytes }, log);
}

/** A port that nobody asked for, and another program has, is no reason not to start. */
async function openUnlessTaken(
  { port, mayBeTaken }: { readonly port: number; readonly mayBeTaken: boolean },
  listening: Promise<Listener>,
  log: Logger,
): Promise<Listener | undefined> {
  try {
    return await listening;
  } catch (error) {
    if (!mayBeTaken || systemCode(error) !== 'EADDRINUSE') throw error;
    log.warn({ port }, 'another program has the port of the web page: choose one with --web-port');
    return undefined;
  }
}

/** Loads the library only if it is needed: it costs some megabytes. */
async function openMetrics(
  at: ListenAddress & { readonly version: string },
  chat: ChatService,
  figures: () => Figures,
  trouble: () => string | undefined,
): Promise<Endpoint> {
  const { createMetrics } = await import('./metrics/registry.ts');
  const { openEndpoint } = await import('./metrics/endpoint.ts');
  const { flushed, text, contentType } = createMetrics(at.version, figures);
  const endpoint = await openEndpoint(at, { text, contentType, trouble });
  chat.onFlush(flushed);
  return endpoint;
}

/** One port per transfer. If there are few, they must not all go to one pair of people, one address, or guests. */
function transferLimits(ports: PortRange | undefined) {
  const { maxTransfers, maxTransfersPerUser } = defaultHubLimits;
  const all =
    ports === undefined ? maxTransfers : Math.min(maxTransfers, ports.to - ports.from + 1);
  return {
    maxTransfers: all,
    maxTransfersPerUser: Math.min(maxTransfersPerUser, Math.max(3, Math.ceil(all / 4))),
    maxTransfersPerCrowd: Math.max(3, Math.ceil(all / 2)),
  };
}
