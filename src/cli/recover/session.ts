// `helo recover`: reads the recovery words, and makes this a device of their account. Owns what the person sees, and what
// is on the disk at the end. client/recovery has the protocol. The words are never an argument, and stand nowhere else.
import { chainByRecovery, recover, type RecoveryWish } from '../../client/recovery/recover.ts';
import type { FirstLoginPorts } from '../../client/linking/first-login.ts';
import { createDevice } from '../../e2ee/device.ts';
import {
  parseRecoveryWords,
  recoveryKey,
  vaultSecret,
} from '../../e2ee/recovery/recovery-words.ts';
import { openSuite, type Suite } from '../../e2ee/suite.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { dial } from '../../platform/node/connection.ts';
import { nodeSha256 } from '../../platform/node/crypto/crypto-provider-hash.ts';
import { nodeCryptoProvider } from '../../platform/node/crypto/crypto-provider.ts';
import { deviceFileOf, removeDevice, storeDevice } from '../../platform/node/device-file.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import type { Environment } from '../../platform/node/home.ts';
import { openVaultFile, type GivenCopy } from '../../platform/node/vault-file.ts';
import { restoringState } from '../../client/vault/vault-state.ts';
import { openKnownServers } from '../../platform/node/known-servers.ts';
import { nodeClock, nodeRandomBytes, nodeTimers } from '../../platform/node/runtime.ts';
import type { Username } from '../../wire/text.ts';
import { askLine } from '../admin/confirm.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { usageFailure, type Failure } from '../failure.ts';
import { rememberJoined } from '../link/joined.ts';
import { takeGiven } from './given.ts';
import type { RecoverOptions } from './options.ts';
import { faultFailure, recoveryFailure } from './words.ts';

/** Twelve words have at most a hundred letters. */
const maxTypedLength = 4096;

/** Becomes a device of an account. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function recoverHere(
  options: RecoverOptions,
  env: Environment,
): Promise<Result<ExitCode, Failure>> {
  const { name, data } = options;
  if (name === undefined) return err(usageFailure('whose account is it?', 'Say --name NAME.'));
  if ((await deviceFileOf(data, name)) !== undefined) return err(nameInUse(name));
  const typed = await readTyped();
  if (typed === undefined) return ok(exitCodes.interrupted);
  const words = await parseRecoveryWords(typed);
  if (!words.ok) return err(faultFailure(words.error));

  const suite = await openSuite(nodeCryptoProvider);
  const secret = await vaultSecret(nodeFileCiphers, words.value);
  const given = await takeGiven(options, name, { suite, secret });
  if (!given.ok) return given;
  try {
    return await becomeDevice(
      options,
      env,
      { name, words: words.value, suite, secret },
      given.value,
    );
  } finally {
    await given.value?.remove();
  }
}

interface Recovering {
  readonly name: Username;
  readonly words: string;
  readonly suite: Suite;
  readonly secret: Uint8Array;
}

async function becomeDevice(
  options: RecoverOptions,
  env: Environment,
  { name, words, suite, secret }: Recovering,
  given: GivenCopy | undefined,
): Promise<Result<ExitCode, Failure>> {
  const { data, server } = options;
  const wish = {
    username: name,
    suite,
    device: await createDevice(suite),
    key: await recoveryKey(nodeFileCiphers, words),
    revokesOthers: options['revoke-others'],
  };
  const ports = {
    dial,
    timers: nodeTimers,
    now: nodeClock,
    random: nodeRandomBytes,
    suite,
    knownServers: openKnownServers(data),
    sha256: nodeSha256,
  };
  const shown = await chainByRecovery(server, wish, ports);
  if (!shown.ok) return err(recoveryFailure(shown.error, server));
  // The key is on the disk before the account has it.
  if (!(await storeDevice(data, name, wish.device))) return err(nameInUse(name));
  const joined = await join(options, wish, shown.value, ports);
  if (!joined.ok) {
    await removeDevice(data, name);
    return err(recoveryFailure(joined.error, server));
  }
  const serverKey = await rememberJoined(options, env, name, joined.value, ports);
  // The chat fetches the history, and forgets the secret then.
  await given?.keep(serverKey, name);
  const vault = openVaultFile(data, serverKey, name);
  await vault.keep(JSON.stringify(restoringState(secret)));
  say(
    `This is a device of ${name} now: helo chat --name ${name} goes in.`,
    ...(given === undefined
      ? [
          'It has the lobby and your groups. What was said before comes out of your backup, if there is',
          'one, when helo chat is started.',
        ]
      : [
          'It has the lobby and your groups. What was said before comes out of the file, which is copied',
          'here until then, and of what the server keeps, when helo chat is started.',
        ]),
    wish.revokesOthers
      ? 'All other devices are out for good.'
      : 'Your other devices are still in: /devices shows them.',
  );
  return ok(exitCodes.ok);
}

type Shown = Parameters<typeof recover>[2];

/** If another device has put a link behind the chain in this moment, it is signed anew, once. */
async function join(
  { server }: RecoverOptions,
  wish: RecoveryWish,
  shown: Shown,
  ports: FirstLoginPorts,
): ReturnType<typeof recover> {
  const joined = await recover(server, wish, shown, ports);
  const isOvertaken =
    !joined.ok &&
    joined.error.kind === 'closed' &&
    joined.error.reason.code === 'refused' &&
    joined.error.reason.reply === 'recovery-refused';
  if (!isOvertaken) return joined;
  const again = await chainByRecovery(server, wish, ports);
  return again.ok ? recover(server, wish, again.value, ports) : joined;
}

function nameInUse(name: Username): Failure {
  return usageFailure(
    `this data directory has a key for the name ${name} already`,
    `helo chat --name ${name} uses it; --data DIR takes another directory.`,
  );
}

/** From a person one line, from a pipe all of it. Undefined if the person leaves instead. */
async function readTyped(): Promise<string | undefined> {
  if (process.stdin.isTTY) return askLine('The twelve recovery words: ');
  let typed = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    typed += String(chunk);
    if (typed.length > maxTypedLength) break;
  }
  return typed.slice(0, maxTypedLength);
}

function say(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
}
