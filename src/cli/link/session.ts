// `helo link`: shows a code, and becomes a device of the account at whose device it is typed. Owns what the person sees,
// and what is on the disk at the end: the key, and which server it is. client/linking has the protocol. On stdout stands
// what is to be typed at the other device, and nothing else.
import { hostname } from 'node:os';
import {
  expectAdded,
  expectTold,
  firstLogin,
  type Expected,
  type Told,
} from '../../client/linking/first-login.ts';
import { Meeting, type MeetingEnd } from '../../client/linking/meeting.ts';
import { maxLabelBytes, type LinkingEnd } from '../../client/linking/messages.ts';
import { NewDevice } from '../../client/linking/new-device.ts';
import type { VerifiedChain } from '../../client/account/verified-chain.ts';
import { linkingContent } from '../../client/scanned-code.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { linkingTimeMs } from '../../client/linking/device-linking.ts';
import { signWithDevice } from '../../e2ee/device-signature.ts';
import { createDevice, type Device } from '../../e2ee/device.ts';
import {
  formatLinkingCode,
  linkingCodeBytes,
  linkingSecrets,
} from '../../e2ee/linking/linking-code.ts';
import { openSuite, type Suite } from '../../e2ee/suite.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { dial } from '../../platform/node/connection.ts';
import { nodeSha256 } from '../../platform/node/crypto/crypto-provider-hash.ts';
import { nodeCryptoProvider } from '../../platform/node/crypto/crypto-provider.ts';
import { openDevice, removeDevice, storeDevice } from '../../platform/node/device-file.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import type { Environment } from '../../platform/node/home.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { nodeClock, nodeRandomBytes, nodeTimers } from '../../platform/node/runtime.ts';
import { printedPicture } from '../../terminal/qr-picture.ts';
import type { Username } from '../../wire/text.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { rememberJoined } from './joined.ts';
import type { LinkOptions } from './options.ts';
import { endFailure, loginFailure, meetingFailure } from './words.ts';

type End = Result<ExitCode, Failure>;

/** For the last box, when it is over. */
const partingMs = 3000;
/** The name of a login that is never finished. */
const nobody = 'linking' as Username;

/** Becomes a device of an account. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function link(options: LinkOptions, env: Environment): Promise<End> {
  const suite = await openSuite(nodeCryptoProvider);
  const { name, data } = options;
  const device =
    name === undefined ? await createDevice(suite) : await openDevice(suite, data, name);
  return new Linking(options, env, suite, device).end;
}

class Linking {
  readonly end: Promise<End>;
  readonly #options: LinkOptions;
  readonly #env: Environment;
  readonly #suite: Suite;
  readonly #device: Device;
  readonly #code = nodeRandomBytes(linkingCodeBytes);
  readonly #meeting: Meeting;
  readonly #knownServers: ReturnType<typeof openKnownServers>;
  readonly #cancelDeadline: () => void;
  #side: NewDevice | undefined;
  #finish: (end: End) => void = () => {};
  /** One box after the other. */
  #last: Promise<void> = Promise.resolve();
  /** The account for which this has stored the key. */
  #storedFor: Username | undefined;
  /** The account of the old device, once the digits are shown. */
  #asked: Told['account'] | undefined;

  constructor(options: LinkOptions, env: Environment, suite: Suite, device: Device) {
    this.#options = options;
    this.#env = env;
    this.#suite = suite;
    this.#device = device;
    this.#knownServers = openKnownServers(options.data);
    this.end = new Promise((resolve) => (this.#finish = resolve));
    const ports = { dial, timers: nodeTimers, random: nodeRandomBytes, suite };
    this.#meeting = new Meeting(
      options.server,
      options.name ?? nobody,
      { ...ports, knownServers: this.#knownServers },
      {
        met: (identity) => this.#met(identity),
        shown: () => this.#showCode(),
        box: (box) => this.#turn((side) => side.receive(box)),
        ended: (end) => void this.#meetingEnded(end),
      },
    );
    this.#cancelDeadline = nodeTimers.after(linkingTimeMs, () =>
      this.#turn((side) => side.end('time-over')),
    );
    process.once('SIGINT', () => void this.#interrupted());
    process.once('SIGTERM', () => void this.#interrupted());
  }

  async #met(
    server: Uint8Array,
  ): Promise<{ readonly channel: Uint8Array; readonly box: Uint8Array }> {
    const secrets = await linkingSecrets(nodeFileCiphers, this.#code);
    const sign = (bytes: Uint8Array) => signWithDevice(this.#suite, this.#device, bytes);
    const facts = {
      key: this.#device.publicKey,
      form: 'terminal',
      label: ownLabel(),
      server,
    } as const;
    this.#side = new NewDevice(
      {
        ciphers: nodeFileCiphers,
        random: nodeRandomBytes,
        sign,
        keep: (account) => this.#keep(account),
      },
      facts,
      secrets,
    );
    return { channel: secrets.channel, box: await this.#side.hello() };
  }

  async #keep(account: Username): Promise<LinkingEnd | undefined> {
    const { name, data } = this.#options;
    if (name !== undefined) return name === account ? undefined : 'other-account';
    if (!(await storeDevice(data, account, this.#device))) return 'name-in-use';
    this.#storedFor = account;
    return undefined;
  }

  #showCode(): void {
    const letters = formatLinkingCode(this.#code);
    say(
      'On a device that you have already, in helo chat there, type the line below. It holds for',
      'ten minutes. Show it to nobody else.',
    );
    const { stdout } = process;
    if (!this.#options['no-qr'])
      stdout.write(printedPicture(linkingContent(letters), stdout, this.#env));
    stdout.write(`/link ${letters}\n`);
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
    if (side === undefined) return;
    try {
      const box = await step(side);
      if (box !== undefined) this.#meeting.leave(box);
      await this.#look(side);
    } catch (error) {
      // The disk: whatever the person has to know is in its words.
      if (!(error instanceof PrivateFileError)) throw error;
      await this.#over(err(systemFailure(error.message)));
    }
  }

  async #look({ state }: NewDevice): Promise<void> {
    switch (state.phase) {
      case 'shown':
        return;
      case 'digits':
        if (this.#asked !== undefined) return;
        this.#asked = state.account;
        say(
          `That is the account ${state.account.account}. If it is yours, type there what stands below:`,
          'the other device asks for these digits, and nobody in between knows them.',
        );
        process.stdout.write(`/link ${state.digits}\n`);
        return;
      case 'added':
        await this.#added(state.account, state.link);
        return;
      case 'over':
        await this.#notAdded(state.why, state.by);
    }
  }

  async #notAdded(why: LinkingEnd, by: 'here' | 'there'): Promise<void> {
    if (by === 'here' && (await this.#isInAllTheSame())) return;
    // Where nobody can be asked now, the key may be in the account.
    if (why !== 'time-over') await this.#letGo();
    const name = this.#options.name ?? this.#storedFor ?? '';
    await this.#over(err(endFailure(why, by, name)));
  }

  async #added(account: Told['account'], hash: Uint8Array): Promise<void> {
    const { server } = this.#options;
    const refusal = await this.#meeting.remember();
    this.#meeting.close();
    if (refusal !== undefined) {
      await this.#over(err(loginFailure({ kind: 'closed', reason: refusal }, server)));
      return;
    }
    const told = expectTold({ account, link: hash }, this.#device.publicKey);
    const done = await this.#logIn(told);
    if (done.ok) await this.#joined(account.account, done.value);
    else await this.#over(err(loginFailure(done.error, server)));
  }

  #logIn(expected: Expected): ReturnType<typeof firstLogin> {
    const wish = { suite: this.#suite, device: this.#device };
    return firstLogin(this.#options.server, expected, wish, this.#loginPorts);
  }

  get #loginPorts() {
    return {
      dial,
      timers: nodeTimers,
      now: nodeClock,
      random: nodeRandomBytes,
      suite: this.#suite,
      knownServers: this.#knownServers,
      sha256: nodeSha256,
    };
  }

  /** The old device may have broken off when it had added this one, and before it could say so. */
  async #isInAllTheSame(): Promise<boolean> {
    const account = this.#asked;
    if (account === undefined) return false;
    const done = await this.#logIn(expectAdded(account, this.#device.publicKey));
    if (done.ok) await this.#joined(account.account, done.value);
    return done.ok;
  }

  async #joined(name: Username, shown: VerifiedChain): Promise<void> {
    await rememberJoined(this.#options, this.#env, name, shown, this.#loginPorts);
    say(
      `This is a device of ${name} now: helo chat --name ${name} goes in.`,
      'It has the lobby and your groups: what is said from now on, and what the server keeps of',
      'open ones. What was said in private before stays on your other device. New private',
      'messages come here too where the server and both programs can do that, else only there.',
    );
    await this.#over(ok(exitCodes.ok));
  }

  async #meetingEnded(end: MeetingEnd): Promise<void> {
    if (await this.#isInAllTheSame()) return;
    await this.#letGo();
    await this.#over(err(meetingFailure(end, this.#options.server)));
  }

  async #interrupted(): Promise<void> {
    const box = await this.#side?.end('left');
    if (box !== undefined) this.#meeting.leave(box);
    if (await this.#isInAllTheSame()) return;
    await this.#letGo();
    await this.#over(ok(exitCodes.interrupted));
  }

  /** The key is of no use: nobody has added it. */
  async #letGo(): Promise<void> {
    if (this.#storedFor !== undefined) await removeDevice(this.#options.data, this.#storedFor);
  }

  async #over(end: End): Promise<void> {
    this.#cancelDeadline();
    await this.#meeting.left(partingMs);
    this.#meeting.close();
    this.#finish(end);
  }
}

/** What its person calls this machine, as far as it fits. */
function ownLabel(): string {
  const letters = Array.from(hostname().replaceAll(/[^\w.-]/g, ''));
  return letters.slice(0, maxLabelBytes).join('');
}

/** The program's own words are not what is to be typed: they go to stderr. */
function say(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}
