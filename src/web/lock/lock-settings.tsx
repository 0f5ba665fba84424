// The lock of the store in the settings: put on, changed, taken off, closed at once.

import { useEffect, useState } from 'preact/hooks';
import { changeLock, lockPlace, unlockPlace } from '../../platform/browser/lock/open-place.ts';
import { isOutsideLock } from '../../platform/browser/store/device.ts';
import { invariant } from '../../lib/invariant.ts';
import type { Session } from '../chat/session.ts';
import { lockNow } from './lock-now.ts';
import { LockForm } from './lock-form.tsx';
import { secretBy, type ChosenWay } from './secrets.ts';
import { SecretField } from './secret-field.tsx';
import { Limits } from './unlock.tsx';

type Wish = 'none' | 'lock' | 'change' | 'unlock';

export function LockSettings({ session }: { readonly session: Session }) {
  const { place, me } = session.settings;
  const [wish, setWish] = useState<Wish>('none');
  const [isOutside, setOutside] = useState(false);
  const isLocked = place.lock !== undefined;
  useEffect(() => {
    if (isLocked) void isOutsideLock(place.database).then(setOutside, () => {});
  }, [isLocked, place]);
  const lock = async ({ way, secret }: ChosenWay): Promise<void> => {
    await lockPlace(place, way, secret);
    await lockNow(session);
  };
  if (!place.tab.isHeld) return <p>The tab that has your private messages can change the lock.</p>;
  if (!isLocked) {
    return (
      <>
        <p>
          Not locked: whoever can read the files of this browser can read your messages and use your
          keys.
        </p>
        {wish === 'none' ? (
          <div class="actions">
            <button onClick={() => setWish('lock')}>Lock what this browser keeps</button>
          </div>
        ) : (
          <>
            <p>
              The page leaves the chat, asks for it, and encrypts what is there. What was written
              before may stay readable in old parts of the browser’s files for a while, and the key
              of this device stays where it is: a browser that is locked from its first entry on has
              neither.
            </p>
            <LockForm name={me} words="Lock it" chosen={lock} />
          </>
        )}
        <Limits />
      </>
    );
  }
  return (
    <>
      <p>Locked: this browser’s files tell nobody what you wrote.</p>
      {isOutside && (
        <p class="warning">
          The key of this device was made before the lock, and is not protected by it: whoever has
          this browser’s files could log in as this device until you take it out of your account.
        </p>
      )}
      <div class="actions">
        <button onClick={() => void lockNow(session)}>Lock now</button>
        <button onClick={() => setWish('change')}>Change what opens it</button>
        <button onClick={() => setWish('unlock')}>Take the lock off</button>
      </div>
      {wish !== 'none' && <Opened key={wish} session={session} wish={wish} />}
    </>
  );
}

/** What needs the old passphrase or passkey again. */
function Opened({ session, wish }: { readonly session: Session; readonly wish: Wish }) {
  const { place, me } = session.settings;
  const [typed, setTyped] = useState('');
  const [told, setTold] = useState<string>();
  const [secret, setSecret] = useState<Uint8Array>();
  const [isBusy, setBusy] = useState(false);
  const { lock } = place;
  invariant(lock !== undefined, 'it is locked');
  const check = async (): Promise<void> => {
    setTold(undefined);
    const given = await secretBy(lock.way, typed);
    if (!given.ok) setTold(given.error);
    else if (wish === 'change') setSecret(given.value);
    else if (await unlockPlace(place, given.value)) await lockNow(session);
    else setTold('That does not open it.');
  };
  const change = async (chosen: ChosenWay): Promise<void> => {
    invariant(secret !== undefined, 'it was asked for before');
    const changed = await changeLock(place, secret, chosen.way, chosen.secret);
    if (changed === undefined) {
      setSecret(undefined);
      setTold('What you typed before does not open it.');
    } else await lockNow(session);
  };
  if (secret !== undefined)
    return <LockForm name={me} words="Take this from now on" chosen={change} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        void check().finally(() => setBusy(false));
      }}
    >
      {lock.way.kind === 'passphrase' && (
        <SecretField
          label="The passphrase that holds now"
          autocomplete="current-password"
          value={typed}
          typed={setTyped}
          focused
        />
      )}
      <p class="told" role="alert">
        {told}
      </p>
      <button class="main" disabled={isBusy}>
        {wish === 'change' ? 'Go on' : 'Take the lock off'}
      </button>
    </form>
  );
}
