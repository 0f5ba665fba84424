// The new device's side of a linking, after it has shown a code: what it says and hears in its channel, and when it may
// believe that it is in the account. Pure but for ciphers: boxes in, boxes out. It knows no connection; a box that was
// left already is left again by whoever has it, never sealed anew.

import type { FileCiphers } from '../../e2ee/files/file-ciphers.ts';
import { LinkingBoxes } from '../../e2ee/linking/linking-boxes.ts';
import type { LinkingSecrets } from '../../e2ee/linking/linking-code.ts';
import { bindToNonce, linkingNonceBytes, sixDigits } from '../../e2ee/linking/six-digits.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { consentToSign, type DeviceForm } from '../../wire/statements/chain-link.ts';
import type { Username } from '../../wire/text.ts';
import type { RandomBytes } from '../ports.ts';
import {
  encodeMessage,
  parseMessage,
  type Answer,
  type LinkingEnd,
  type LinkingMessage,
} from './messages.ts';

export interface NewDevicePorts {
  readonly ciphers: FileCiphers;
  readonly random: RandomBytes;
  /** Signs with the device's key. */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Keeps the key for that account, before anybody is told that it may be added; or why it can't be one of it. */
  readonly keep: (account: Username) => Promise<LinkingEnd | undefined>;
}

/** What the new device is, and which server it sees. */
export interface NewDeviceFacts {
  readonly key: Uint8Array;
  readonly form: DeviceForm;
  readonly label: string;
  readonly server: Uint8Array;
}

export type NewDeviceState =
  /** The code is shown, and nobody has taken it. */
  | { readonly phase: 'shown' }
  /** An old device has answered: the person types the digits there. */
  | { readonly phase: 'digits'; readonly account: Answer; readonly digits: string }
  /** The old device says that the chain has this one, in the link of this hash. */
  | { readonly phase: 'added'; readonly account: Answer; readonly link: Uint8Array }
  | { readonly phase: 'over'; readonly why: LinkingEnd; readonly by: 'here' | 'there' };

export class NewDevice {
  readonly #ports: NewDevicePorts;
  readonly #facts: NewDeviceFacts;
  readonly #boxes: LinkingBoxes;
  readonly #nonce: Uint8Array;
  #hello = new Uint8Array();
  #state: NewDeviceState = { phase: 'shown' };

  constructor(ports: NewDevicePorts, facts: NewDeviceFacts, secrets: LinkingSecrets) {
    this.#ports = ports;
    this.#facts = facts;
    this.#nonce = ports.random(linkingNonceBytes);
    this.#boxes = new LinkingBoxes(ports.random, { own: secrets.fromNew, other: secrets.fromOld });
  }

  get state(): NewDeviceState {
    return this.#state;
  }

  /** The first box. */
  async hello(): Promise<Uint8Array> {
    const binding = await bindToNonce(this.#ports.ciphers, this.#nonce);
    this.#hello = new Uint8Array(encodeMessage({ kind: 'hello', ...this.#facts, binding }));
    return this.#boxes.seal(this.#hello);
  }

  /** A box of the channel. Returns what to leave there, if anything. Only after the one before is done. */
  async receive(box: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#state.phase === 'added' || this.#state.phase === 'over') return undefined;
    const opened = await this.#boxes.open(box);
    if (opened.kind === 'contradiction') return this.end('contradiction');
    if (opened.kind !== 'message') return undefined;
    const message = parseMessage(opened.message);
    return message && this.#hear(message, opened.message);
  }

  /** Ends it from here. Returns the box that says so. */
  async end(why: LinkingEnd): Promise<Uint8Array | undefined> {
    if (this.#state.phase === 'over' || this.#state.phase === 'added') return undefined;
    this.#state = { phase: 'over', why, by: 'here' };
    return this.#boxes.seal(encodeMessage({ kind: 'end', why }));
  }

  async #hear(message: LinkingMessage, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const state = this.#state;
    if (message.kind === 'end') {
      this.#state = { phase: 'over', why: message.why, by: 'there' };
      return undefined;
    }
    if (state.phase === 'shown' && message.kind === 'answer') return this.#answered(message, bytes);
    if (state.phase !== 'digits') return undefined;
    if (message.kind === 'again') {
      const consent = await this.#consent(message.last);
      return this.#boxes.seal(encodeMessage({ kind: 'consent', consent }));
    }
    if (message.kind === 'done') {
      this.#state = { phase: 'added', account: state.account, link: message.link };
    }
    return undefined;
  }

  async #answered(answer: Answer, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    if (!equalBytes(answer.server, this.#facts.server)) return this.end('other-server');
    const refusal = await this.#ports.keep(answer.account);
    if (refusal !== undefined) return this.end(refusal);
    const consent = await this.#consent(answer.last);
    const digits = await sixDigits(this.#ports.ciphers, [this.#hello, bytes, this.#nonce]);
    this.#state = { phase: 'digits', account: answer, digits };
    return this.#boxes.seal(encodeMessage({ kind: 'reveal', nonce: this.#nonce, consent }));
  }

  #consent(last: Uint8Array): Promise<Uint8Array> {
    const { key, form } = this.#facts;
    return this.#ports.sign(consentToSign(last, key, form));
  }
}
