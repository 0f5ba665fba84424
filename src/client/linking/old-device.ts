// The old device's side of a linking, after its person has typed a code: who asks, the digits that the person brings, and
// when the new device may be added. Pure but for ciphers: boxes in, boxes out. It knows no connection, and does not sign
// the link; device-linking.ts does.

import type { FileCiphers } from '../../e2ee/files/file-ciphers.ts';
import { LinkingBoxes } from '../../e2ee/linking/linking-boxes.ts';
import type { LinkingSecrets } from '../../e2ee/linking/linking-code.ts';
import { bindToNonce, linkingNonceBytes, sixDigits } from '../../e2ee/linking/six-digits.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { consentToSign } from '../../wire/statements/chain-link.ts';
import type { RandomBytes } from '../ports.ts';
import {
  encodeMessage,
  parseMessage,
  type Answer,
  type Hello,
  type LinkingEnd,
  type LinkingMessage,
} from './messages.ts';

/** How often the digits may be wrong. */
export const digitTries = 3;
/** How often the chain may have grown meanwhile: a channel holds eight boxes. */
const mostAgain = 1;

export interface OldDevicePorts {
  readonly ciphers: FileCiphers;
  readonly random: RandomBytes;
  readonly verify: (
    key: Uint8Array,
    bytes: Uint8Array,
    signature: Uint8Array,
  ) => boolean | Promise<boolean>;
  /** Why the account can't have that key for a device. */
  readonly refusal: (key: Uint8Array) => LinkingEnd | undefined;
}

/** The account and the server, as this device knows them. */
export type AccountFacts = Pick<Answer, 'account' | 'root' | 'last' | 'server'>;

/** The new device has agreed to be added behind the link `last`. */
export interface AgreedDevice {
  readonly hello: Hello;
  readonly last: Uint8Array;
  readonly consent: Uint8Array;
}

export type OldDeviceState =
  /** Nobody has spoken in the channel. */
  | { readonly phase: 'looking' }
  /** The new one is answered, and has not shown its nonce. */
  | { readonly phase: 'answered'; readonly said: readonly Uint8Array[]; readonly hello: Hello }
  | {
      readonly phase: 'digits';
      readonly device: AgreedDevice;
      readonly digits: string;
      readonly triesLeft: number;
    }
  /** The digits were right: the link can be signed. */
  | { readonly phase: 'agreed'; readonly device: AgreedDevice }
  /** The chain has grown: the new one is asked to agree again. */
  | { readonly phase: 'again'; readonly hello: Hello; readonly last: Uint8Array }
  | { readonly phase: 'added' }
  | { readonly phase: 'over'; readonly why: LinkingEnd; readonly by: 'here' | 'there' };

export class OldDevice {
  readonly #ports: OldDevicePorts;
  readonly #account: AccountFacts;
  readonly #boxes: LinkingBoxes;
  #state: OldDeviceState = { phase: 'looking' };
  #again = 0;

  constructor(ports: OldDevicePorts, account: AccountFacts, secrets: LinkingSecrets) {
    this.#ports = ports;
    this.#account = account;
    this.#boxes = new LinkingBoxes(ports.random, { own: secrets.fromOld, other: secrets.fromNew });
  }

  get state(): OldDeviceState {
    return this.#state;
  }

  /** A box of the channel. Returns what to leave there, if anything. Only after the one before is done. */
  async receive(box: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined;
    const opened = await this.#boxes.open(box);
    if (opened.kind === 'contradiction') return this.end('contradiction');
    if (opened.kind !== 'message') return undefined;
    const message = parseMessage(opened.message);
    return message && this.#hear(message, opened.message);
  }

  /** The person has typed these digits. Returns a box where that was once too often. */
  async type(digits: string): Promise<Uint8Array | undefined> {
    const state = this.#state;
    if (state.phase !== 'digits') return undefined;
    if (digits === state.digits) {
      this.#state = { phase: 'agreed', device: state.device };
      return undefined;
    }
    const triesLeft = state.triesLeft - 1;
    if (triesLeft <= 0) return this.end('wrong-digits');
    this.#state = { ...state, triesLeft };
    return undefined;
  }

  /** The chain goes on from `last` now: the new device has to agree again. */
  async again(last: Uint8Array): Promise<Uint8Array | undefined> {
    const state = this.#state;
    if (state.phase !== 'agreed') return undefined;
    if (this.#again >= mostAgain) return this.end('failed');
    this.#again += 1;
    this.#state = { phase: 'again', hello: state.device.hello, last };
    return this.#say({ kind: 'again', last });
  }

  /** The chain has the new device, in the link of this hash. */
  async added(link: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#state.phase !== 'agreed') return undefined;
    this.#state = { phase: 'added' };
    return this.#say({ kind: 'done', link });
  }

  /** Ends it from here. Returns the box that says so. */
  async end(why: LinkingEnd): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined;
    this.#state = { phase: 'over', why, by: 'here' };
    return this.#say({ kind: 'end', why });
  }

  get #isOver(): boolean {
    return this.#state.phase === 'over' || this.#state.phase === 'added';
  }

  #say(message: LinkingMessage): Promise<Uint8Array> {
    return this.#boxes.seal(encodeMessage(message));
  }

  async #hear(message: LinkingMessage, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const state = this.#state;
    if (message.kind === 'end') {
      this.#state = { phase: 'over', why: message.why, by: 'there' };
      return undefined;
    }
    if (state.phase === 'looking' && message.kind === 'hello') return this.#greeted(message, bytes);
    if (state.phase === 'answered' && message.kind === 'reveal') {
      return this.#revealed(state, message.nonce, message.consent);
    }
    if (state.phase === 'again' && message.kind === 'consent') {
      const device = { hello: state.hello, last: state.last, consent: message.consent };
      if (!(await this.#isAgreed(device))) return this.end('failed');
      this.#state = { phase: 'agreed', device };
    }
    return undefined;
  }

  async #greeted(hello: Hello, bytes: Uint8Array): Promise<Uint8Array | undefined> {
    if (!equalBytes(hello.server, this.#account.server)) return this.end('other-server');
    const refusal = this.#ports.refusal(hello.key);
    if (refusal !== undefined) return this.end(refusal);
    const nonce = this.#ports.random(linkingNonceBytes);
    const answer = encodeMessage({ kind: 'answer', ...this.#account, nonce });
    this.#state = { phase: 'answered', said: [bytes, answer], hello };
    return this.#boxes.seal(answer);
  }

  async #revealed(
    { said, hello }: Extract<OldDeviceState, { readonly phase: 'answered' }>,
    nonce: Uint8Array,
    consent: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const { ciphers } = this.#ports;
    const device = { hello, last: this.#account.last, consent };
    const isBound = equalBytes(await bindToNonce(ciphers, nonce), hello.binding);
    if (!isBound || !(await this.#isAgreed(device))) return this.end('contradiction');
    const digits = await sixDigits(ciphers, [...said, nonce]);
    this.#state = { phase: 'digits', device, digits, triesLeft: digitTries };
    return undefined;
  }

  async #isAgreed({ hello, last, consent }: AgreedDevice): Promise<boolean> {
    const { key, form } = hello;
    return this.#ports.verify(key, consentToSign(last, key, form), consent);
  }
}
