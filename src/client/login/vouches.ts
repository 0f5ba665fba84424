// Whether the server vouches for a certificate that another port of it shows: it was renewed while a chat connection stands
// under the earlier one. Asks over a connection of its own, which ends with the proof; nobody logs in there.

import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { parseEvent } from '../../wire/events.ts';
import { parseExtendedEvent } from '../../wire/extended/events.ts';
import { parseWelcome } from '../../wire/features.ts';
import { maxServerLineBytes } from '../../wire/limits.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import type { Connection, Dial, ServerProof, Timers } from '../ports.ts';
import { serverKeyOf } from '../server-address.ts';
import { ServerChallenge } from './account-login.ts';
import { deviceBytes, type LoginPorts, type LoginSettings } from './login-turns.ts';
import { ServerCheck } from './server-check.ts';

/** For the server to be reached and to answer: less than its transfer ports wait for somebody to say who they are. */
const timeoutMs = 8_000;

interface VouchPorts extends LoginPorts {
  readonly dial: Dial;
  readonly timers: Timers;
}

type Settings = Pick<LoginSettings, 'address' | 'username'>;

/** Whether the certificate with that fingerprint is the server's. Never rejects. */
export async function vouches(
  settings: Settings,
  ports: VouchPorts,
  fingerprint: Uint8Array,
): Promise<boolean> {
  const serverKey = serverKeyOf(settings.address);
  const known = await ports.knownServers.fingerprintOf(serverKey).catch(() => undefined);
  // Another login has seen it since.
  if (known !== undefined && equalBytes(known, fingerprint)) return true;
  const proven = await new Proof(settings, ports).answer;
  return proven !== undefined && equalBytes(proven, fingerprint);
}

/** One connection: kept is the fingerprint under which the server has proven itself, or nothing. */
class Proof {
  readonly answer: Promise<Uint8Array | undefined>;
  readonly #settings: Settings;
  readonly #ports: VouchPorts;
  readonly #lines = new LineSplitter(maxServerLineBytes);
  readonly #connection: Connection;
  readonly #cancelDeadline: () => void;
  #end: (fingerprint: Uint8Array | undefined) => void = () => {};
  #proof: ServerProof | undefined;
  #check: ServerCheck | undefined;
  #challenge: ServerChallenge | undefined;

  constructor(settings: Settings, ports: VouchPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.answer = new Promise((resolve) => (this.#end = resolve));
    this.#cancelDeadline = ports.timers.after(timeoutMs, () => this.#over(false));
    this.#connection = ports.dial(settings.address, {
      onOpen: (proof) => void this.#opened(proof),
      onData: (bytes) => {
        const inCap = this.#lines.push(bytes, (line) => this.#heard(decodeUtf8(line) ?? ''));
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

  #heard(line: string): void {
    const [proof, check] = [this.#proof, this.#check];
    if (proof === undefined || check === undefined) return;
    const event = parseEvent(line);
    if (this.#challenge === undefined) {
      const hasAccounts =
        event?.verb === 'HELO' && parseWelcome(event.welcome).features.has('ehlo');
      // What needs no proof is right as it is.
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
    this.#end(isRight && this.#proof?.kind === 'tls' ? this.#proof.fingerprint : undefined);
  }
}
