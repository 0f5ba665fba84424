// Before anything that is stored is shown: opens the lock of the store, or puts a first one on. Also does what is under way
// with a lock, and erases what nobody can open any more.

import { useState } from 'preact/hooks';
import type { AccountPlace } from '../../platform/browser/account-place.ts';
import {
  erasePlace,
  leaveUnlocked,
  lockPlace,
  openPlace,
} from '../../platform/browser/lock/open-place.ts';
import type { Turning } from '../../platform/browser/lock/lock-record.ts';
import { invariant } from '../../lib/invariant.ts';
import { capital } from '../chat/close-words.ts';
import { forgetName } from '../entry/remembered.ts';
import { startFileWorker } from '../files/start-file-worker.ts';
import { Confirmed } from '../overlay/confirmed.tsx';
import { LockForm } from './lock-form.tsx';
import { secretBy, type ChosenWay } from './secrets.ts';
import { AccountName, SecretField } from './secret-field.tsx';

export interface UnlockProps {
  readonly name: string;
  readonly place: AccountPlace;
  /** It is open. Rejects with an error for people. */
  readonly opened: (place: AccountPlace) => Promise<void>;
}

const turningWords: Readonly<Record<Turning, string>> = {
  'to-lock': 'The lock is chosen. What this browser has of you is encrypted now, when it opens.',
  locking: 'What this browser has of you is being encrypted. It goes on when the lock opens.',
  unlocking: 'The lock is being taken off. It goes on when the lock opens.',
};

export function UnlockScreen({ name, place, opened }: UnlockProps) {
  const { lock } = place;
  const [typed, setTyped] = useState('');
  const [told, setTold] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [done, setDone] = useState<number>();

  const attempt = async (act: () => Promise<string | undefined>): Promise<void> => {
    setBusy(true);
    setTold(undefined);
    try {
      setTold(await act());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      setTold(`${capital(why)}. Load this page again: it goes on from there.`);
    }
    setBusy(false);
    setDone(undefined);
  };
  const open = (from: AccountPlace, secret: Uint8Array): Promise<string | undefined> =>
    openPlace(from, name, secret, startFileWorker, setDone).then(async (place) => {
      if (place === undefined) return 'That does not open it. Nothing is lost: try again.';
      await opened(place);
      return undefined;
    });
  const unlock = async (): Promise<string | undefined> => {
    invariant(lock !== undefined, 'it is locked');
    const secret = await secretBy(lock.way, typed);
    return secret.ok ? open(place, secret.value) : secret.error;
  };
  const begin = async ({ way, secret }: ChosenWay): Promise<void> => {
    const fault = await open({ ...place, lock: await lockPlace(place, way, secret) }, secret);
    if (fault !== undefined) setTold(fault);
  };
  const erase = async (): Promise<undefined> => {
    await erasePlace(place, name);
    forgetName();
    location.reload();
  };
  const status = isBusy ? <Turned done={done} /> : undefined;
  if (lock === undefined) {
    return (
      <main class="entry">
        <h1>helo</h1>
        <p>
          A lock for what this browser keeps of <bdi>{name}</bdi>: it is asked for each time that
          this page is opened.
        </p>
        <LockForm name={name} words="Lock it" chosen={begin} />
        <p role="status">{status}</p>
        <Limits />
      </main>
    );
  }
  return (
    <main class="entry">
      <h1>helo</h1>
      <p>
        What this browser has of <bdi>{name}</bdi> is locked.
      </p>
      {lock.turning !== undefined && <p>{turningWords[lock.turning]}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(unlock);
        }}
      >
        {lock.way.kind === 'passphrase' && (
          <>
            <AccountName name={name} />
            <SecretField
              label="Passphrase"
              autocomplete="current-password"
              value={typed}
              typed={setTyped}
              focused
            />
          </>
        )}
        <p class="told" role="alert">
          {told}
        </p>
        <button class="main" disabled={isBusy} autofocus={lock.way.kind === 'passkey'}>
          {lock.way.kind === 'passphrase' ? 'Open' : 'Open by the passkey'}
        </button>
      </form>
      <p role="status">{status}</p>
      {lock.turning === 'to-lock' && (
        <button
          disabled={isBusy}
          onClick={() =>
            void attempt(async () => {
              await opened(await leaveUnlocked(place));
              return undefined;
            })
          }
        >
          Leave it unlocked
        </button>
      )}
      <details>
        <summary>I cannot open it any more</summary>
        <p>
          Nobody can open it without the {lock.way.kind}: not this page, and not whoever runs the
          server. You can erase what this browser has, with the key of this device, and come back as
          a new device: by the recovery words of your account, or linked to another device of yours.
          Without either, the account is lost. What was not sent yet is lost in any case.
        </p>
        <Confirmed words="Erase what this browser has of me" run={() => void attempt(erase)} />
      </details>
    </main>
  );
}

function Turned({ done }: { readonly done: number | undefined }) {
  if (done === undefined) return <>one moment …</>;
  return (
    <>
      <label for="turned">What this browser has is turned</label>{' '}
      <progress id="turned" max={1} value={done} />
    </>
  );
}

/** What a lock does, and what it does not. */
export function Limits() {
  return (
    <div class="trust">
      <p>
        Whoever takes this browser’s files then finds messages, names, keys and drafts encrypted.
        They see that you use helo here and under which name, how many messages there are and when
        they were stored beside each other. Files that came and were not removed are not encrypted.
      </p>
      <p>
        The lock holds while this page is closed. Nobody can give you another passphrase: have
        recovery words, or another device.
      </p>
    </div>
  );
}
