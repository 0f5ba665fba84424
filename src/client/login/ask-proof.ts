// Asks a server to prove its identity, over a short connection of its own, without a login. It does so before a login,
// so that this device's data about a server is found under any of its addresses; during one, if another port of the
// server shows a renewed certificate; and for a page that logs in itself, through this device. server-check.ts knows
// which server is expected.

import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseEvent } from '../../wire/events.ts';
import { parseExtendedEvent } from '../../wire/extended/events.ts';
import { parseWelcome } from '../../wire/features.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import type { CloseReason } from '../client-state.ts';
import type {
  ByteConnection,
  ConnectionFailure,
  Dial,
  KnownServers,
  ServerProof,
  Timers,
} from '../ports.ts';
import { serverKeyOf } from '../connection/server-address.ts';
import { closedEarly, refusalBy, unanswered } from '../connection/server-probe.ts';
import { ServerChallenge } from './account-login.ts';
import { deviceBytes, type LoginPorts, type LoginSettings } from './login-turns.ts';
import { ServerCheck } from './server-check.ts';

/** How long to wait for an identity. After that, the login finds it out. */
const identityTimeoutMs = 5_000;
/** How long to wait for a certificate's proof: less than transfer ports wait for an introduction. */
const certificateTimeoutMs = 8_000;
/** How long to wait where somebody waits for the answer alone. */
const serverTimeoutMs = 10_000;

interface ProofPorts extends LoginPorts {
  readonly dial: Dial;
  readonly timers: Timers;
}

type Settings = Pick<LoginSettings, 'address' | 'username'>;

/**
 * The proven identity of the server at the address. Undefined if nothing answers, or it has none. Before a login,
 * nothing is remembered of certificates, nor of a server that is new at that address. Never rejects.
 */
export async function askIdentity(
  settings: Settings,
  ports: ProofPorts,
): Promise<Uint8Array | undefined> {
  const knownServers: KnownServers = {
    ...ports.knownServers,
    remember: async () => {},
    rememberCertificate: async () => {},
  };
  const asked = await new Asking(settings, { ...ports, knownServers }, identityTimeoutMs).answer;
  return asked.ok ? asked.value.identity : undefined;
}

/**
 * The server at the address if it is the expected one, or why a login there would fail. A server that is new is not
 * remembered before `met`. Never rejects.
 */
export async function askServer(
  settings: Settings,
  ports: ProofPorts,
): Promise<Result<RightServer, CloseReason>> {
  return new Asking(settings, ports, serverTimeoutMs).answer;
}

/** Whether the certificate with that fingerprint is the server's. Never rejects. */
export async function vouches(
  settings: Settings,
  ports: ProofPorts,
  fingerprint: Uint8Array,
): Promise<boolean> {
  const serverKey = serverKeyOf(settings.address);
  const known = await ports.knownServers.fingerprintOf(serverKey).catch(() => undefined);
  // Another login has stored it since.
  if (known !== undefined && equalBytes(known, fingerprint)) return true;
  const asked = await new Asking(settings, ports, certificateTimeoutMs).answer;
  const proof = asked.ok ? asked.value.proof : undefined;
  return proof?.kind === 'tls' && equalBytes(proof.fingerprint, fingerprint);
}

/** The expected server, as it has proven itself on a connection. */
export interface RightServer {
  readonly proof: ServerProof;
  /** Undefined if it has none, or needs none. */
  readonly identity: Uint8Array | undefined;
  /** Remembers it, if it is new: from now on it must be this one. Returns a reason where that is impossible. */
  readonly met: () => Promise<CloseReason | undefined>;
  /** Whether this device knew nothing of it. */
  readonly isNew: boolean;
}

/** One connection, and the proof that it gets. */
class Asking {
  readonly answer: Promise<Result<RightServer, CloseReason>>;
  readonly #settings: Settings;
  readonly #ports: ProofPorts;
  readonly #lines = new LineSplitter(maxServerLineBytes);
  readonly #connection: ByteConnection;
  readonly #cancelDeadline: () => void;
  #end: (answer: Result<RightServer, CloseReason>) => void = () => {};
  #proof: ServerProof | undefined;
  #check: ServerCheck | undefined;
  #challenge: ServerChallenge | undefined;

  constructor(settings: Settings, ports: ProofPorts, timeoutMs: number) {
    this.#settings = settings;
    this.#ports = ports;
    this.answer = new Promise((resolve) => (this.#end = resolve));
    this.#cancelDeadline = ports.timers.after(timeoutMs, () =>
      this.#over(this.#proof === undefined ? unreachable(unanswered) : { code: 'silent' }),
    );
    this.#connection = ports.dial(settings.address, {
      onOpen: (proof) => void this.#opened(proof),
      onData: (bytes) => {
        const inCap = this.#lines.push(bytes, (line) => this.#receive(decodeUtf8(line) ?? ''));
        if (!inCap) this.#over({ code: 'overlong-line' });
      },
      onDrain: () => {},
      onClose: (failure) =>
        this.#over(
          this.#proof === undefined
            ? unreachable(failure ?? closedEarly)
            : { code: 'lost', failure },
        ),
    });
  }

  async #opened(proof: ServerProof): Promise<void> {
    this.#proof = proof;
    this.#connection.pause();
    const checked = await ServerCheck.begin(this.#settings, proof, this.#ports.knownServers);
    if (!checked.ok) {
      this.#over(checked.error);
      return;
    }
    this.#check = checked.value;
    this.#connection.resume();
  }

  #receive(line: string): void {
    const [proof, check] = [this.#proof, this.#check];
    if (proof === undefined || check === undefined) return;
    const event = parseEvent(line);
    if (this.#challenge === undefined) {
      if (event?.verb !== 'HELO') this.#over(refusalBy(event));
      else if (parseWelcome(event.welcome).features.has('ehlo')) this.#ask(proof, check);
      // A certificate that needs no proof is right as it is.
      else this.#over(check.mustProve ? check.refusal : undefined);
      return;
    }
    const extended = event === undefined ? parseExtendedEvent(line) : undefined;
    if (extended?.verb === 'CHALLENGE') {
      void this.#challenge
        .check(extended)
        .then((checked) => this.#over(checked.ok ? undefined : checked.error));
    } else if (event?.verb !== 'PING') this.#over(refusalBy(event));
  }

  #ask(proof: ServerProof, check: ServerCheck): void {
    const { suite, random } = this.#ports;
    const asking = { username: this.#settings.username, suite, device: random(deviceBytes), proof };
    this.#challenge = new ServerChallenge(asking, check, random);
    this.#connection.write(encodeUtf8(this.#challenge.hello));
  }

  /** It is the right server, unless there is a reason against it. */
  #over(refusal: CloseReason | undefined): void {
    this.#cancelDeadline();
    this.#connection.destroy();
    const [proof, check] = [this.#proof, this.#check];
    if (refusal !== undefined || proof === undefined || check === undefined) {
      this.#end(err(refusal ?? unreachable(unanswered)));
      return;
    }
    const { provenIdentity: identity, isToBeMet: isNew } = check;
    this.#end(ok({ proof, identity, isNew, met: () => check.met() }));
  }
}

function unreachable(failure: ConnectionFailure): CloseReason {
  return { code: 'unreachable', failure };
}
