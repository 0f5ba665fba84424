// `helo link`: shows a code, and becomes a device of the account at whose device it is typed. Owns what the person sees,
// and what is on the disk at the end: the key, and which server it is. client/linking has the protocol. On stdout stands
// what is to be typed at the other device, and nothing else.
import { Joining, type JoiningFailure, type JoiningStage } from '../../client/linking/joining.ts';
import type { LinkingEnd } from '../../client/linking/messages.ts';
import type { VerifiedChain } from '../../client/account/verified-chain.ts';
import { linkingContent } from '../../client/scanned-code.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { createDevice, type Device } from '../../e2ee/device.ts';
import { openSuite, type Suite } from '../../e2ee/suite.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { nodeCryptoProvider } from '../../platform/node/crypto/crypto-provider.ts';
import { openDevice, removeDevice, storeDevice } from '../../platform/node/device-file.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import type { Environment } from '../../platform/node/home.ts';
import { joiningPorts, ownLabel, type NodeJoiningPorts } from '../../platform/node/joining.ts';
import { printedPicture } from '../../terminal/qr-picture.ts';
import type { Username } from '../../wire/text.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { rememberJoined } from './joined.ts';
import type { LinkOptions } from './options.ts';
import { endFailure, loginFailure, meetingFailure } from './words.ts';

type End = Result<ExitCode, Failure>;

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
  readonly #device: Device;
  readonly #ports: NodeJoiningPorts;
  #finish: (end: End) => void = () => {};
  #fail: (cause: unknown) => void = () => {};
  /** The account for which this has stored the key. */
  #storedFor: Username | undefined;
  #isInterrupted = false;

  constructor(options: LinkOptions, env: Environment, suite: Suite, device: Device) {
    this.#options = options;
    this.#env = env;
    this.#device = device;
    this.#ports = joiningPorts(options.data, suite);
    this.end = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    const joining = new Joining({
      address: options.server,
      meetsAs: options.name ?? nobody,
      wish: { suite, device },
      form: 'terminal',
      label: ownLabel(),
      ciphers: nodeFileCiphers,
      ports: this.#ports,
      disk: {
        keep: (account) => this.#keep(account),
        joined: (account, chain) => this.#joined(account, chain),
        letGo: () => this.#letGo(),
      },
      changed: (stage) => this.#show(stage),
    });
    const leave = (): void => {
      this.#isInterrupted = true;
      joining.leave();
    };
    process.once('SIGINT', leave);
    process.once('SIGTERM', leave);
  }

  async #keep(account: Username): Promise<LinkingEnd | undefined> {
    const { name, data } = this.#options;
    if (name !== undefined) return name === account ? undefined : 'other-account';
    if (!(await storeDevice(data, account, this.#device))) return 'name-in-use';
    this.#storedFor = account;
    return undefined;
  }

  #show(stage: JoiningStage): void {
    switch (stage.phase) {
      case 'connecting':
        return;
      case 'code':
        this.#showCode(stage.code);
        return;
      case 'digits':
        say(
          `That is the account ${stage.account}. If it is yours, type there what stands below:`,
          'the other device asks for these digits, and nobody in between knows them.',
        );
        process.stdout.write(`/link ${stage.digits}${this.#options.history ? ' history' : ''}\n`);
        return;
      case 'joined':
        say(
          `This is a device of ${stage.account} now: helo chat --name ${stage.account} goes in.`,
          'It has the lobby and your groups: what is said from now on, and what the server keeps of',
          'open ones. What was said in private before stays on your other device. New private',
          'messages come here too where the server and both programs can do that, else only there.',
        );
        this.#finish(ok(exitCodes.ok));
        return;
      case 'failed':
        this.#failed(stage.failure);
    }
  }

  #showCode(letters: string): void {
    say(
      'On a device that you have already, in helo chat there, type the line below. It holds for',
      'ten minutes. Show it to nobody else.',
    );
    const { stdout } = process;
    if (!this.#options['no-qr'])
      stdout.write(printedPicture(linkingContent(letters), stdout, this.#env));
    stdout.write(`/link ${letters}\n`);
  }

  #failed(failure: JoiningFailure): void {
    const { server, name } = this.#options;
    switch (failure.kind) {
      case 'linking':
        if (this.#isInterrupted && failure.by === 'here') this.#finish(ok(exitCodes.interrupted));
        else this.#finish(err(endFailure(failure.why, failure.by, name ?? this.#storedFor ?? '')));
        return;
      case 'meeting':
        this.#finish(err(meetingFailure(failure.end, server)));
        return;
      case 'login':
        this.#finish(err(loginFailure(failure.reason, server)));
        return;
      case 'disk':
        // Whatever the person has to know is in its words.
        if (failure.cause instanceof PrivateFileError)
          this.#finish(err(systemFailure(failure.cause.message)));
        else this.#fail(failure.cause);
    }
  }

  async #joined(name: Username, shown: VerifiedChain): Promise<void> {
    await rememberJoined(this.#options, this.#env, name, shown, this.#ports);
  }

  async #letGo(): Promise<void> {
    if (this.#storedFor !== undefined) await removeDevice(this.#options.data, this.#storedFor);
  }
}

/** The program's own words are not what is to be typed: they go to stderr. */
function say(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}
