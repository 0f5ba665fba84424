// Asks a server to prove its identity, over a short connection of its own, without a login. It does so before a login,
// so that this device's data about a server is found under any of its addresses, and during one, if another port of the
// server shows a renewed certificate. server-check.ts knows which server is expected.

import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { parseEvent } from '../../wire/events.ts';
import { parseExtendedEvent } from '../../wire/extended/events.ts';
import { parseWelcome } from '../../wire/features.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import type { ByteConnection, Dial, KnownServers, ServerProof, Timers } from '../ports.ts';
import { serverKeyOf } from '../connection/server-address.ts';
import { ServerChallenge } from './account-login.ts';
import { deviceBytes, type LoginPorts, type LoginSettings } from './login-turns.ts';
import { ServerCheck } from './server-check.ts';

/** How long to wait for an identity. After that, the login finds it out. */
const identityTimeoutMs = 5_000;
/** How long to wait for a certificate's proof: less than transfer ports wait for an introduction. */
const certificateTimeoutMs = 8_000;

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
  const right = await new Asking(settings, { ...ports, knownServers }, identityTimeoutMs).answer;
  return right?.identity;
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
  const proof = (await new Asking(settings, ports, certificateTimeoutMs).answer)?.proof;
  return proof?.kind === 'tls' && equalBytes(proof.fingerprint, fingerprint);
}

/** Which certificate is the right one, and how. */
interface Right {
  readonly proof: ServerProof;
  readonly identity: Uint8Array | undefined;
}

/** One connection, and the proof that it gets. */
class Asking {
  readonly answer: Promise<Right | undefined>;
  readonly #settings: Settings;
  readonly #ports: ProofPorts;
  readonly #lines = new LineSplitter(maxServerLineBytes);
  readonly #connection: ByteConnection;
  readonly #cancelDeadline: () => void;
  #end: (right: Right | undefined) => void = () => {};
  #proof: ServerProof | undefined;
  #check: ServerCheck | undefined;
  #challenge: ServerChallenge | undefined;

  constructor(settings: Settings, ports: ProofPorts, timeoutMs: number) {
    this.#settings = settings;
    this.#ports = ports;
    this.answer = new Promise((resolve) => (this.#end = resolve));
    this.#cancelDeadline = ports.timers.after(timeoutMs, () => this.#over(false));
    this.#connection = ports.dial(settings.address, {
      onOpen: (proof) => void this.#opened(proof),
      onData: (bytes) => {
        const inCap = this.#lines.push(bytes, (line) => this.#receive(decodeUtf8(line) ?? ''));
        if (!inCap) this.#over(false);
      },
      onDrain: () => {},
      onClose: () => this.#over(false),
    });
  }

  async #opened(proof: ServerProof): Promise<void> {
    this.#connection.pause();
    const checked = await ServerCheck.begin(this.#settings, proof, this.#ports.knownServers);
    if (!checked.ok) {
      this.#over(false);
      return;
    }
    this.#proof = proof;
    this.#check = checked.value;
    this.#connection.resume();
  }

  #receive(line: string): void {
    const [proof, check] = [this.#proof, this.#check];
    if (proof === undefined || check === undefined) return;
    const event = parseEvent(line);
    if (this.#challenge === undefined) {
      const hasAccounts =
        event?.verb === 'HELO' && parseWelcome(event.welcome).features.has('ehlo');
      // A certificate that needs no proof is right as it is.
      if (!hasAccounts) this.#over(event?.verb === 'HELO' && !check.mustProve);
      else this.#ask(proof, check);
      return;
    }
    const extended = event === undefined ? parseExtendedEvent(line) : undefined;
    if (extended?.verb === 'CHALLENGE') {
      void this.#challenge.check(extended).then((checked) => this.#over(checked.ok));
    } else if (event?.verb !== 'PING') this.#over(false);
  }

  #ask(proof: ServerProof, check: ServerCheck): void {
    const { suite, random } = this.#ports;
    const asking = { username: this.#settings.username, suite, device: random(deviceBytes), proof };
    this.#challenge = new ServerChallenge(asking, check, random);
    this.#connection.write(encodeUtf8(this.#challenge.hello));
  }

  #over(isRight: boolean): void {
    this.#cancelDeadline();
    this.#connection.destroy();
    const [proof, identity] = [this.#proof, this.#check?.provenIdentity];
    this.#end(isRight && proof !== undefined ? { proof, identity } : undefined);
  }
}
