// Linking, on a device of the account: from the code that its person types to the link that adds the new device. Owns the
// channel at the server, over all connections of the account until it is over; what is said there is old-device.ts. One
// linking at a time. Signs nothing by itself: the chain of the account does.

import type { FileCiphers } from '../../e2ee/files/file-ciphers.ts';
import { linkingSecrets } from '../../e2ee/linking/linking-code.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Ok, type Result } from '../../lib/result.ts';
import type { ExtendedEvent } from '../../wire/extended/events.ts';
import { isDeviceOf, maxDevices, type AccountChain } from '../../wire/statements/account-chain.ts';
import type { OwnChain } from '../account/own-chain.ts';
import type { PendingRequests, RequestFailure } from '../pending-requests.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { Hello, LinkingEnd } from './messages.ts';
import { OldDevice, type AgreedDevice, type OldDevicePorts } from './old-device.ts';

/** A channel ends then at the server. */
export const linkingTimeMs = 10 * 60_000;
/** For an answer of the new device, which needs no person there. */
export const answerTimeMs = 30_000;

export interface DeviceLinkingPorts extends Pick<OldDevicePorts, 'verify'> {
  readonly ciphers: FileCiphers;
  readonly random: RandomBytes;
  readonly timers: Timers;
  readonly chain: Pick<OwnChain, 'get' | 'add'>;
  /** The identity of the server that this device has remembered. */
  readonly server: () => Promise<Uint8Array | undefined>;
}

/** Why a linking does not go on. */
export type LinkingFailure =
  | { readonly kind: 'nothing-asked' } // no code was typed before
  | { readonly kind: 'no-connection' }
  | { readonly kind: 'no-such-code' } // nobody is in the channel
  | { readonly kind: 'no-answer' } // somebody was, and says nothing any more
  | { readonly kind: 'no-chain' } // it is not known which devices this account has
  | { readonly kind: 'refused'; readonly text: string } // the server takes no box
  | { readonly kind: 'wrong-digits'; readonly triesLeft: number }
  | { readonly kind: 'over'; readonly why: LinkingEnd; readonly by: 'here' | 'there' };

/** One linking. */
interface Course {
  readonly device: OldDevice;
  /** As on the wire. */
  readonly channel: string;
  /** Boxes that the server does not have yet, in order. */
  readonly boxes: string[];
  readonly cancelDeadline: () => void;
  /** One box after the other. */
  last: Promise<void>;
}

export class DeviceLinking {
  readonly #ports: DeviceLinkingPorts;
  #requests: PendingRequests | undefined;
  #course: Course | undefined;
  #waiting: (() => void)[] = [];

  constructor(ports: DeviceLinkingPorts) {
    this.#ports = ports;
  }

  /** Logged in: the channel is entered again, and gets what it did not get. */
  login(requests: PendingRequests): void {
    this.#requests = requests;
    if (this.#course !== undefined) void this.#leaveBoxes(this.#course);
    this.#moved();
  }

  logout(): void {
    this.#requests = undefined;
  }

  /** Whether `event` is a box. */
  receive(event: ExtendedEvent): boolean {
    if (event.verb !== 'MEET') return false;
    const box = event.box === undefined ? undefined : decodeBase64url(event.box);
    const course = this.#course;
    if (box === undefined || course?.channel !== event.channel) return true;
    course.last = this.#hear(course, course.last, box);
    return true;
  }

  async #hear(course: Course, before: Promise<void>, box: Uint8Array): Promise<void> {
    await before;
    void this.#leave(course, await course.device.receive(box));
    this.#moved();
  }

  /** The person has typed the code of a new device. Returns what asks to be added. */
  async begin(code: Uint8Array): Promise<Result<Hello, LinkingFailure>> {
    await this.refuse();
    const { ciphers, random, verify, chain } = this.#ports;
    const [{ chain: known }, server] = await Promise.all([chain.get(), this.#ports.server()]);
    const requests = this.#requests;
    if (requests === undefined) return err({ kind: 'no-connection' });
    const [root, last] = [known.steps[0], known.steps.at(-1)];
    if (root === undefined || last === undefined || server === undefined) {
      return err({ kind: 'no-chain' });
    }
    const secrets = await linkingSecrets(ciphers, code);
    const facts = { account: known.name, root: root.hash, last: last.hash, server };
    const refusal = (key: Uint8Array) => refusalOf(known, key);
    const device = new OldDevice({ ciphers, random, verify, refusal }, facts, secrets);
    const channel = encodeBase64url(secrets.channel);
    const course: Course = {
      device,
      channel,
      boxes: [],
      last: Promise.resolve(),
      cancelDeadline: this.#ports.timers.after(linkingTimeMs, () => void this.#timeOver(course)),
    };
    this.#course = course;
    const met = await requests.asking('MEET', { channel });
    if (!met.ok) return this.#drop(course, failureOf(met.error));
    if ((met.value.boxes ?? 0) === 0) return this.#drop(course, { kind: 'no-such-code' });
    const state = await this.#until(course, ({ phase }) => phase === 'digits' || phase === 'over');
    if (state === undefined) return err(await this.#giveUp(course));
    if (state.phase === 'over') return this.#over(course, state);
    return state.phase === 'digits' ? ok(state.device.hello) : err({ kind: 'no-answer' });
  }

  /** The person has typed the digits of the new device. Returns what was added. */
  async confirm(digits: string): Promise<Result<Hello, LinkingFailure>> {
    const course = this.#course;
    if (course === undefined) return err({ kind: 'nothing-asked' });
    const { device } = course;
    await this.#leave(course, await device.type(digits));
    const { state } = device;
    switch (state.phase) {
      case 'digits':
        return err({ kind: 'wrong-digits', triesLeft: state.triesLeft });
      case 'over':
        return this.#over(course, state);
      case 'agreed':
        return this.#add(course, state.device);
      default:
        return err({ kind: 'nothing-asked' });
    }
  }

  /** The person does not want it. Returns whether there was anything to refuse. */
  async refuse(): Promise<boolean> {
    const course = this.#course;
    if (course === undefined) return false;
    await this.#end(course, 'left');
    return true;
  }

  async #add(
    course: Course,
    { hello, last, consent }: AgreedDevice,
  ): Promise<Result<Hello, LinkingFailure>> {
    const { chain } = this.#ports;
    const agreed = async (prev: Uint8Array): Promise<Uint8Array | undefined> =>
      equalBytes(prev, last) ? consent : this.#askAgain(course, prev);
    // If the answer was lost with a connection, the link may be there all the same.
    const known = await chain.get();
    const added = isDeviceOf(known.chain, hello.key)
      ? ok(known)
      : await chain.add(hello.key, hello.form, agreed);
    if (added.ok) return this.#welcome(course, hello, added.value.chain);
    // The digits were right: with the next connection they need not be compared again.
    if (added.error === 'gone') return err({ kind: 'no-connection' });
    const why = endOf(added.error);
    await this.#end(course, why);
    return err({ kind: 'over', why, by: 'here' });
  }

  async #welcome(course: Course, hello: Hello, { steps }: AccountChain): Promise<Ok<Hello>> {
    const link = steps.at(-1)?.hash;
    invariant(link, 'a chain has a root');
    await this.#leave(course, await course.device.added(link));
    // Without a connection just now, the next one brings it.
    if (course.boxes.length === 0) this.#forget(course);
    return ok(hello);
  }

  async #askAgain(course: Course, prev: Uint8Array): Promise<Uint8Array | undefined> {
    await this.#leave(course, await course.device.again(prev));
    const state = await this.#until(course, ({ phase }) => phase === 'agreed' || phase === 'over');
    return state?.phase === 'agreed' ? state.device.consent : undefined;
  }

  async #leave(course: Course, box: Uint8Array | undefined): Promise<void> {
    if (box === undefined) return;
    course.boxes.push(encodeBase64url(box));
    await this.#leaveBoxes(course);
  }

  /** Leaves what the server does not have, in order; without anything to leave it only comes to the channel. */
  async #leaveBoxes(course: Course): Promise<void> {
    const requests = this.#requests;
    const { channel } = course;
    const boxes = course.boxes.splice(0);
    const asked = boxes.length === 0 ? [undefined] : boxes;
    const unsaid: string[] = [];
    await Promise.all(
      asked.map(async (box) => {
        const met = await requests?.asking('MEET', { channel, ...(box && { box }) });
        const isLost = met === undefined || (!met.ok && met.error.code === 'gone');
        if (isLost && box !== undefined) unsaid.push(box);
      }),
    );
    course.boxes.unshift(...unsaid);
  }

  async #timeOver(course: Course): Promise<void> {
    await this.#end(course, 'time-over');
    this.#moved();
  }

  async #end(course: Course, why: LinkingEnd): Promise<void> {
    await course.last;
    const box = await course.device.end(why);
    if (box !== undefined) course.boxes.push(encodeBase64url(box));
    if (course.boxes.length > 0) await this.#leaveBoxes(course);
    this.#forget(course);
  }

  async #giveUp(course: Course): Promise<LinkingFailure> {
    await this.#end(course, 'time-over');
    return { kind: this.#requests === undefined ? 'no-connection' : 'no-answer' };
  }

  #over(
    course: Course,
    { why, by }: Extract<OldDevice['state'], { readonly phase: 'over' }>,
  ): Result<never, LinkingFailure> {
    return this.#drop(course, { kind: 'over', why, by });
  }

  #drop(course: Course, failure: LinkingFailure): Result<never, LinkingFailure> {
    this.#forget(course);
    return err(failure);
  }

  #forget(course: Course): void {
    course.cancelDeadline();
    if (this.#course === course) this.#course = undefined;
  }

  /** The state, as soon as it is the wanted one; undefined if it is not in time. */
  async #until(
    { device }: Course,
    isIt: (state: OldDevice['state']) => boolean,
  ): Promise<OldDevice['state'] | undefined> {
    const late = new Promise<'late'>((resolve) => {
      this.#ports.timers.after(answerTimeMs, () => resolve('late'));
    });
    while (!isIt(device.state)) {
      const moved = new Promise<void>((resolve) => this.#waiting.push(resolve));
      if ((await Promise.race([moved, late])) === 'late') return undefined;
    }
    return device.state;
  }

  #moved(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Why the account can't have `key` for a device. */
function refusalOf(chain: AccountChain, key: Uint8Array): LinkingEnd | undefined {
  if (isDeviceOf(chain, key)) return 'known-device';
  if (chain.revoked.some((one) => equalBytes(one.key, key))) return 'revoked-device';
  return chain.devices.length >= maxDevices ? 'too-many-devices' : undefined;
}

/** What the new device is told of a link that was refused. */
function endOf(code: string): LinkingEnd {
  return code === 'too-many-devices' || code === 'too-many-links' ? code : 'failed';
}

function failureOf(failure: RequestFailure): LinkingFailure {
  return failure.code === 'gone'
    ? { kind: 'no-connection' }
    : { kind: 'refused', text: failure.text };
}
