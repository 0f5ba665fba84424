// Becoming a device of an account, from the code that is shown to the first login, for a command, a page or a bot that
// shows each stage. Owns the meeting and its end, and whether the account has this device all the same where the other one
// broke off; new-device.ts has the protocol. What is stored, and when, is up to whoever begins it (`JoiningDisk`).

import type { FileCiphers } from '../../e2ee/files/file-ciphers.ts';
import {
  formatLinkingCode,
  linkingCodeBytes,
  linkingSecrets,
} from '../../e2ee/linking/linking-code.ts';
import { signWithDevice } from '../../e2ee/device-signature.ts';
import type { Username } from '../../wire/text.ts';
import type { DeviceForm } from '../../wire/statements/chain-link.ts';
import type { VerifiedChain } from '../account/verified-chain.ts';
import type { CloseReason } from '../client-state.ts';
import type { ServerAddress } from '../connection/server-address.ts';
import type { AccountWish } from '../login/account-login.ts';
import { linkingTimeMs } from './device-linking.ts';
import {
  expectAdded,
  expectTold,
  firstLogin,
  type Expected,
  type FirstLoginFailure,
  type FirstLoginPorts,
  type Told,
} from './first-login.ts';
import { Meeting, type MeetingEnd } from './meeting.ts';
import type { LinkingEnd } from './messages.ts';
import { NewDevice } from './new-device.ts';

/** Why this is no device of the account. */
export type JoiningFailure =
  | { readonly kind: 'linking'; readonly why: LinkingEnd; readonly by: 'here' | 'there' }
  | { readonly kind: 'meeting'; readonly end: MeetingEnd }
  /** The server does not let it in, or shows another account than the other device has told. */
  | { readonly kind: 'login'; readonly reason: CloseReason | 'other-chain' }
  /** Something could not be stored here. */
  | { readonly kind: 'disk'; readonly cause: unknown };

export type JoiningStage =
  | { readonly phase: 'connecting' }
  /** To be typed at the other device. */
  | { readonly phase: 'code'; readonly code: string }
  /** Then these. */
  | { readonly phase: 'digits'; readonly digits: string; readonly account: Username }
  | { readonly phase: 'joined'; readonly account: Username }
  | { readonly phase: 'failed'; readonly failure: JoiningFailure };

/** What stays of it here. */
export interface JoiningDisk {
  /** Keeps the key for that account, before anybody is told that it may be added; or why it can't be one of it. */
  readonly keep: (account: Username) => Promise<LinkingEnd | undefined>;
  /** This is a device of that account, whose chain holds here from now on. */
  readonly joined: (account: Username, chain: VerifiedChain) => Promise<void>;
  /** The key that `keep` has kept is of no use: nobody has added it. */
  readonly letGo: () => Promise<void>;
}

export interface JoiningOptions {
  readonly address: ServerAddress;
  /** For a login that is never finished. */
  readonly meetsAs: Username;
  readonly wish: Pick<AccountWish, 'suite' | 'device'>;
  readonly form: DeviceForm;
  /** What its person sees at the other device. */
  readonly label: string;
  readonly ciphers: FileCiphers;
  readonly ports: FirstLoginPorts;
  readonly disk: JoiningDisk;
  readonly changed: (stage: JoiningStage) => void;
}

/** For the last box, when it is over. */
const partingMs = 3_000;

export class Joining {
  readonly #options: JoiningOptions;
  readonly #code: Uint8Array;
  readonly #meeting: Meeting;
  readonly #cancelDeadline: () => void;
  #side: NewDevice | undefined;
  /** One step after the other. */
  #last: Promise<void> = Promise.resolve();
  /** The account of the old device, once the digits are shown. */
  #asked: Told['account'] | undefined;
  #isOver = false;

  constructor(options: JoiningOptions) {
    const { address, meetsAs, ports } = options;
    this.#options = options;
    this.#code = ports.random(linkingCodeBytes);
    this.#meeting = new Meeting(address, meetsAs, ports, {
      met: (identity) => this.#met(identity),
      shown: () => options.changed({ phase: 'code', code: formatLinkingCode(this.#code) }),
      box: (box) => this.#turn((side) => side.receive(box)),
      ended: (end) => this.#step(() => this.#notAdded({ kind: 'meeting', end })),
    });
    this.#cancelDeadline = ports.timers.after(linkingTimeMs, () =>
      this.#turn((side) => side.end('time-over')),
    );
  }

  /** The person leaves it. */
  leave(): void {
    if (this.#side !== undefined) this.#turn((side) => side.end('left'));
    else this.#step(() => this.#notAdded({ kind: 'linking', why: 'left', by: 'here' }));
  }

  async #met(
    server: Uint8Array,
  ): Promise<{ readonly channel: Uint8Array; readonly box: Uint8Array }> {
    const { ciphers, wish, form, label, disk, ports } = this.#options;
    const secrets = await linkingSecrets(ciphers, this.#code);
    this.#side = new NewDevice(
      {
        ciphers,
        random: ports.random,
        sign: (bytes) => signWithDevice(wish.suite, wish.device, bytes),
        keep: (account) => disk.keep(account),
      },
      { key: wish.device.publicKey, form, label, server },
      secrets,
    );
    return { channel: secrets.channel, box: await this.#side.hello() };
  }

  /** One step of the protocol. */
  #turn(act: (side: NewDevice) => Promise<Uint8Array | undefined>): void {
    this.#step(async () => {
      const side = this.#side;
      if (side === undefined) return;
      const box = await act(side);
      if (box !== undefined) this.#meeting.leave(box);
      await this.#look(side);
    });
  }

  /** Behind those before it. */
  #step(act: () => Promise<void>): void {
    this.#last = this.#after(this.#last, act);
  }

  async #after(before: Promise<void>, act: () => Promise<void>): Promise<void> {
    await before;
    if (this.#isOver) return;
    try {
      await act();
    } catch (cause) {
      await this.#end({ phase: 'failed', failure: { kind: 'disk', cause } });
    }
  }

  async #look({ state }: NewDevice): Promise<void> {
    switch (state.phase) {
      case 'shown':
        return;
      case 'digits': {
        if (this.#asked !== undefined) return;
        this.#asked = state.account;
        const { digits, account } = state;
        this.#options.changed({ phase: 'digits', digits, account: account.account });
        return;
      }
      case 'added':
        await this.#added({ account: state.account, link: state.link });
        return;
      case 'over':
        await this.#notAdded({ kind: 'linking', why: state.why, by: state.by });
    }
  }

  async #added(told: Told): Promise<void> {
    const refusal = await this.#meeting.remember();
    const done =
      refusal === undefined
        ? await this.#logIn(expectTold(told, this.#options.wish.device.publicKey))
        : refusal;
    if (done !== undefined) {
      await this.#end({ phase: 'failed', failure: { kind: 'login', reason: done } });
    }
  }

  /** The other device may have broken off when it had added this one, and before it could say so: the server is asked. */
  async #notAdded(failure: JoiningFailure): Promise<void> {
    const isTheirWord = failure.kind === 'linking' && failure.by === 'there';
    const account = isTheirWord ? undefined : this.#asked;
    if (account !== undefined) {
      const expected = expectAdded(account, this.#options.wish.device.publicKey);
      if ((await this.#logIn(expected)) === undefined) return;
    }
    // Where nobody can be asked now, the key may be in the account.
    const mayBeIn = failure.kind === 'linking' && failure.why === 'time-over';
    if (!mayBeIn) await this.#options.disk.letGo();
    await this.#end({ phase: 'failed', failure });
  }

  /** Why this is not in that account. Otherwise it has joined. */
  async #logIn(expected: Expected): Promise<CloseReason | 'other-chain' | undefined> {
    const { address, wish, ports, disk } = this.#options;
    const done = await firstLogin(address, expected, wish, ports);
    if (!done.ok) return reasonOf(done.error);
    await disk.joined(expected.username, done.value);
    await this.#end({ phase: 'joined', account: expected.username });
    return undefined;
  }

  async #end(stage: JoiningStage): Promise<void> {
    this.#isOver = true;
    this.#cancelDeadline();
    await this.#meeting.left(partingMs);
    this.#meeting.close();
    this.#options.changed(stage);
  }
}

function reasonOf(failure: FirstLoginFailure): CloseReason | 'other-chain' {
  return failure.kind === 'closed' ? failure.reason : failure.kind;
}
