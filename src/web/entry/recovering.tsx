// This browser becomes a device of an account by its recovery words. Asks for them, and for a backup in a file where the
// person has one; the chat takes the history then. The words stand nowhere but in the field.

import { useEffect, useState } from 'preact/hooks';
import { serverKeyOf } from '../../client/connection/server-address.ts';
import { enterByRecovery } from '../../client/recovery/enter.ts';
import type { RecoveryWish } from '../../client/recovery/recover.ts';
import { isOpenedBy } from '../../client/vault/restore-run.ts';
import { readVaultState, restoringState } from '../../client/vault/vault-state.ts';
import { recoveringWords } from '../../client/wording/recovering-words.ts';
import { faultWords } from '../../client/wording/recovery-words.ts';
import { invariant } from '../../lib/invariant.ts';
import { accountPorts, type BrowserLogin } from '../../platform/browser/client-ports.ts';
import { keepGiven, readBackup } from '../../platform/browser/given-backup.ts';
import { forgetThings } from '../../platform/browser/store/database.ts';
import {
  lookAtWords,
  parseRecoveryWords,
  recoveryKey,
  recoveryWordCount,
  vaultSecret,
} from '../../platform/browser/crypto/recovery-words.ts';
import { capital } from '../chat/close-words.ts';
import type { JoinWishes } from './joining.tsx';

/** The view of it. Rejects with an error for people. */
export async function recovering(wishes: JoinWishes): Promise<() => preact.JSX.Element> {
  const login = await accountPorts(
    wishes.name,
    { address: wishes.address },
    undefined,
    wishes.place,
  );
  return () => <RecoveringView wishes={wishes} login={login} />;
}

interface ViewProps {
  readonly wishes: JoinWishes;
  readonly login: BrowserLogin;
}

function RecoveringView({ wishes, login }: ViewProps) {
  const { name, place } = wishes;
  const [typed, setTyped] = useState('');
  const [seen, setSeen] = useState<string>();
  const [file, setFile] = useState<File>();
  const [revokesOthers, setRevokes] = useState(false);
  const [told, setTold] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    let isOld = false;
    const look = async (): Promise<void> => {
      const words = await seenWords(typed);
      if (!isOld) setSeen(words);
    };
    void look();
    return () => {
      isOld = true;
    };
  }, [typed]);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setTold(undefined);
    try {
      const fault = await recoverHere(wishes, login, { typed, file, revokesOthers });
      setTold(fault && `${capital(fault)}.`);
    } catch (error) {
      setTold(error instanceof Error ? `${capital(error.message)}.` : String(error));
    }
    setBusy(false);
  };
  return (
    <main class="entry">
      <h1>helo</h1>
      <p>
        This browser becomes a device of <bdi>{name}</bdi>, by the twelve words that you wrote down.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label for="words">The twelve words, in their order</label>
        <textarea
          id="words"
          rows={3}
          required
          autofocus
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="words-seen"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <p id="words-seen" class="dim" role="status">
          {seen}
        </p>
        <label for="given">A backup in a file, if you have one</label>
        <input
          id="given"
          type="file"
          onChange={(event) => setFile(event.currentTarget.files?.[0])}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={revokesOthers}
            onChange={(event) => setRevokes(event.currentTarget.checked)}
          />{' '}
          Take all my other devices out for good, as lost
        </label>
        <p class="told" role="alert">
          {told}
        </p>
        <button class="main" disabled={isBusy}>
          Recover
        </button>
        <button
          type="button"
          disabled={isBusy}
          onClick={() => {
            place.tab.release();
            location.reload();
          }}
        >
          Leave it
        </button>
      </form>
      <p role="status">{isBusy && 'one moment …'}</p>
      <p class="trust">
        What was said before comes out of your backup, at the server or in the file, once the chat
        is open. Without one it begins with today.
      </p>
    </main>
  );
}

/** What can be said of words that are being typed. */
async function seenWords(typed: string): Promise<string> {
  const { count, unknownAt } = await lookAtWords(typed);
  return unknownAt === undefined
    ? `${count} of ${recoveryWordCount} words`
    : `Word ${unknownAt} is none that recovery words have.`;
}

interface Given {
  readonly typed: string;
  readonly file: File | undefined;
  readonly revokesOthers: boolean;
}

/** Why not, in words without a full stop; undefined when it is one. */
async function recoverHere(
  { name, address, place, joined }: JoinWishes,
  { account, ports }: BrowserLogin,
  { typed, file, revokesOthers }: Given,
): Promise<string | undefined> {
  const { linkingCiphers: ciphers, sha256, vaultFile } = ports;
  invariant(
    account !== undefined && ciphers !== undefined && sha256 !== undefined,
    'a browser has them',
  );
  if (!place.tab.isHeld) return 'another tab has what this browser keeps: close it first';
  if (account.isKnown) return `this browser is a device of ${name} already`;
  const words = await parseRecoveryWords(typed);
  if (!words.ok) return faultWords(words.error);
  const { suite, device } = account;
  const secret = await vaultSecret(ciphers, words.value);
  if (file !== undefined) {
    const backup = await readBackup(file);
    if (backup === undefined) return 'that file is no backup of helo';
    if (!(await isOpenedBy({ suite, sha256 }, backup.blobs, secret, name)))
      return `that file has no backup of ${name} that these words open`;
  }
  const wish: RecoveryWish = {
    username: name,
    form: 'web',
    suite,
    device,
    key: await recoveryKey(ciphers, words.value),
    revokesOthers,
  };
  const done = await enterByRecovery(
    address,
    wish,
    { ...ports, sha256 },
    {
      hasKey: readVaultState(await vaultFile?.load())?.restoring !== undefined,
      // The browser has it for that name already.
      keepKey: async () => true,
      prepare: async () => {
        if (file !== undefined) await keepGiven(place.database, file);
        await vaultFile?.keep(JSON.stringify(restoringState(secret)));
      },
      letGo: () => forgetThings(place.database, ['device', 'vault', 'given backup']),
    },
  );
  if (!done.ok) return recoveringWords(done.error, address);
  const { chain, links } = done.value;
  await ports.pins.putChain(name, { chain, links, accepted: links.length });
  await ports.knownServers.rememberCame(serverKeyOf(address), name, 'account');
  joined();
  return undefined;
}
