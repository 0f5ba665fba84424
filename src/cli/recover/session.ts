// `helo recover`: reads the recovery words, and makes this a device of their account. Owns what the person sees, and what
// is on the disk at the end. client/recovery has the protocol. The words are never an argument, and stand nowhere else.
import { enterByRecovery } from '../../client/recovery/enter.ts';
import type { RecoveryWish } from '../../client/recovery/recover.ts';
import { createDevice } from '../../e2ee/device.ts';
import {
  parseRecoveryWords,
  recoveryKey,
  vaultSecret,
} from '../../e2ee/recovery/recovery-words.ts';
import { openSuite, type Suite } from '../../e2ee/suite.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { nodeCryptoProvider } from '../../platform/node/crypto/crypto-provider.ts';
import {
  deviceFileOf,
  openDevice,
  removeDevice,
  storeDevice,
} from '../../platform/node/device-file.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import type { Environment } from '../../platform/node/home.ts';
import { isKnownThere, placeOfAccount } from '../../platform/node/server-place.ts';
import { openVaultFile, removeVaultFiles, type GivenCopy } from '../../platform/node/vault-file.ts';
import { readVaultState, restoringState } from '../../client/vault/vault-state.ts';
import { joiningPorts } from '../../platform/node/joining.ts';
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
  const hasKey = (await deviceFileOf(data, name)) !== undefined;
  if (hasKey && !(await isBegun(options, name))) return err(nameInUse(name));
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
      { name, words: words.value, suite, secret, hasKey },
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
  /** An earlier try has left one here, and may have got in. */
  readonly hasKey: boolean;
}

async function becomeDevice(
  options: RecoverOptions,
  env: Environment,
  { name, words, suite, secret, hasKey }: Recovering,
  given: GivenCopy | undefined,
): Promise<Result<ExitCode, Failure>> {
  const { data, server } = options;
  const wish: RecoveryWish = {
    username: name,
    form: 'terminal',
    suite,
    device: hasKey ? await openDevice(suite, data, name) : await createDevice(suite),
    key: await recoveryKey(nodeFileCiphers, words),
    revokesOthers: options['revoke-others'],
  };
  const ports = joiningPorts(data, suite);
  const { key: before } = await placeOfAccount(data, server, name, ports);
  const toRestore = JSON.stringify(restoringState(secret));
  const place = {
    hasKey,
    keepKey: () => storeDevice(data, name, wish.device),
    prepare: async () => {
      await given?.keep(before, name);
      await openVaultFile(data, before, name).keep(toRestore);
    },
    letGo: async () => {
      await removeDevice(data, name);
      await removeVaultFiles(data, before, name);
    },
  };
  const joined = await enterByRecovery(server, wish, ports, place);
  if (!joined.ok) {
    if (joined.error.kind === 'name-in-use') return err(nameInUse(name));
    const failure = recoveryFailure(joined.error, server);
    const isKept = (await deviceFileOf(data, name)) !== undefined;
    return err(isKept ? { ...failure, hint: goesOn } : failure);
  }
  const serverKey = await rememberJoined(options, env, name, joined.value, ports);
  // The chat fetches the history, and forgets the secret then.
  await openVaultFile(data, serverKey, name).keep(toRestore);
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
    joined.value.chain.devices.length === 1
      ? 'All other devices are out for good.'
      : 'Your other devices are still in: /devices shows them.',
  );
  return ok(exitCodes.ok);
}

const goesOn =
  'Whether this is a device of the account by now is not known: the same command goes on where it was.';

/** Whether the key that is here is of an earlier try, of which nobody knows how it ended. */
async function isBegun({ data, server }: RecoverOptions, name: Username): Promise<boolean> {
  if (await isKnownThere(data, server, name)) return false;
  const suite = await openSuite(nodeCryptoProvider);
  const { key } = await placeOfAccount(data, server, name, joiningPorts(data, suite));
  const remembered = readVaultState(await openVaultFile(data, key, name).load());
  return remembered?.restoring !== undefined;
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
