// Becoming a device of an account, from the code that is shown to the first login, for a view that shows each stage. The
// key is one that the platform keeps for that name already. Owns the meeting and its end; new-device.ts has the protocol.

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
import { expectTold, firstLogin, type FirstLoginPorts, type Told } from './first-login.ts';
import { Meeting, type MeetingEnd } from './meeting.ts';
import type { LinkingEnd } from './messages.ts';
import { NewDevice } from './new-device.ts';

/** Why this is no device of the account. */
export type JoiningFailure =
  | { readonly kind: 'linking'; readonly why: LinkingEnd }
  | { readonly kind: 'meeting'; readonly end: MeetingEnd }
  /** The server does not let it in, or shows another account than the other device has told. */
  | { readonly kind: 'login'; readonly reason: CloseReason | 'other-chain' };

export type JoiningStage =
  | { readonly phase: 'connecting' }
  /** To be typed at the other device. */
  | { readonly phase: 'code'; readonly code: string }
  /** Then these. */
  | { readonly phase: 'digits'; readonly digits: string }
  | { readonly phase: 'joined'; readonly chain: VerifiedChain }
  | { readonly phase: 'failed'; readonly failure: JoiningFailure };

export interface JoiningOptions {
  readonly address: ServerAddress;
  readonly name: Username;
  readonly wish: Pick<AccountWish, 'suite' | 'device'>;
  readonly form: DeviceForm;
  /** What its person sees at the other device. */
  readonly label: string;
  readonly ciphers: FileCiphers;
  readonly ports: FirstLoginPorts;
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
  /** One box after the other. */
  #last: Promise<void> = Promise.resolve();
  #phase: JoiningStage['phase'] = 'connecting';
  #isOver = false;

  constructor(options: JoiningOptions) {
    const { address, name, ports } = options;
    this.#options = options;
    this.#code = ports.random(linkingCodeBytes);
    this.#meeting = new Meeting(address, name, ports, {
      met: (identity) => this.#met(identity),
      shown: () => this.#tell({ phase: 'code', code: formatLinkingCode(this.#code) }),
      box: (box) => this.#turn((side) => side.receive(box)),
      ended: (end) => this.#fail({ kind: 'meeting', end }),
    });
    this.#cancelDeadline = ports.timers.after(linkingTimeMs, () =>
      this.#turn((side) => side.end('time-over')),
    );
  }

  /** The person leaves it. */
  leave(): void {
    this.#turn((side) => side.end('left'));
  }

  async #met(
    server: Uint8Array,
  ): Promise<{ readonly channel: Uint8Array; readonly box: Uint8Array }> {
    const { ciphers, wish, form, label, name, ports } = this.#options;
    const secrets = await linkingSecrets(ciphers, this.#code);
    this.#side = new NewDevice(
      {
        ciphers,
        random: ports.random,
        sign: (bytes) => signWithDevice(wish.suite, wish.device, bytes),
        keep: async (account) => (account === name ? undefined : 'other-account'),
      },
      { key: wish.device.publicKey, form, label, server },
      secrets,
    );
    return { channel: secrets.channel, box: await this.#side.hello() };
  }

  /** One step of the protocol, behind those before it. */
  #turn(step: (side: NewDevice) => Promise<Uint8Array | undefined>): void {
    this.#last = this.#take(this.#last, step);
  }

  async #take(
    before: Promise<void>,
    step: (side: NewDevice) => Promise<Uint8Array | undefined>,
  ): Promise<void> {
    await before;
    const side = this.#side;
    if (side === undefined || this.#isOver) return;
    const box = await step(side);
    if (box !== undefined) this.#meeting.leave(box);
    const { state } = side;
    if (state.phase === 'digits' && this.#phase !== 'digits')
      this.#tell({ phase: 'digits', digits: state.digits });
    if (state.phase === 'added') await this.#added({ account: state.account, link: state.link });
    if (state.phase === 'over') {
      await this.#meeting.left(partingMs);
      this.#fail({ kind: 'linking', why: state.why });
    }
  }

  async #added(told: Told): Promise<void> {
    const { address, wish, ports } = this.#options;
    const refusal = await this.#meeting.remember();
    await this.#meeting.left(partingMs);
    if (refusal !== undefined) {
      this.#fail({ kind: 'login', reason: refusal });
      return;
    }
    this.#close();
    const expected = expectTold(told, wish.device.publicKey);
    const done = await firstLogin(address, expected, wish, ports);
    if (done.ok) this.#tell({ phase: 'joined', chain: done.value });
    else {
      const { error } = done;
      const reason = error.kind === 'closed' ? error.reason : error.kind;
      this.#tell({ phase: 'failed', failure: { kind: 'login', reason } });
    }
  }

  #fail(failure: JoiningFailure): void {
    if (this.#isOver) return;
    this.#close();
    this.#tell({ phase: 'failed', failure });
  }

  #close(): void {
    this.#isOver = true;
    this.#cancelDeadline();
    this.#meeting.close();
  }

  #tell(stage: JoiningStage): void {
    this.#phase = stage.phase;
    this.#options.changed(stage);
  }
}
