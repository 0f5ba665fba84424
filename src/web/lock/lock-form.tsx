// The choice of a new lock: a passphrase, typed twice, or a passkey where this browser has them.

import { useEffect, useState } from 'preact/hooks';
import { hasPasskeys } from '../../platform/browser/lock/passkey.ts';
import { leastCharacters, newPasskey, newPassphrase, type ChosenWay } from './secrets.ts';
import { AccountName, SecretField } from './secret-field.tsx';

export interface LockFormProps {
  /** What a passkey is called. */
  readonly name: string;
  /** On the button. */
  readonly words: string;
  /** Rejects with an error for people. */
  readonly chosen: (chosen: ChosenWay) => Promise<void>;
}

const hint = `At least ${leastCharacters} characters. Five words that nobody would put together are good.`;

export function LockForm({ name, words, chosen }: LockFormProps) {
  const [typed, setTyped] = useState('');
  const [again, setAgain] = useState('');
  const [told, setTold] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [withPasskeys, setWithPasskeys] = useState(false);
  useEffect(() => void hasPasskeys().then(setWithPasskeys), []);

  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setTold(undefined);
    try {
      await act();
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const byPassphrase = async (): Promise<void> => {
    if (typed !== again) setTold('The two are not the same.');
    else await attempt(async () => chosen(await newPassphrase(typed)));
  };
  const byPasskey = (): Promise<void> =>
    attempt(async () => {
      const made = await newPasskey(name);
      if (made.ok) await chosen(made.value);
      else setTold(made.error);
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void byPassphrase();
      }}
    >
      <AccountName name={name} />
      <SecretField
        label="Passphrase"
        autocomplete="new-password"
        value={typed}
        typed={setTyped}
        least={leastCharacters}
        hint={hint}
      />
      <SecretField
        label="The same once more"
        autocomplete="new-password"
        value={again}
        typed={setAgain}
      />
      <p class="told" role="alert">
        {told}
      </p>
      <button class="main" disabled={isBusy}>
        {words}
      </button>
      {withPasskeys && (
        <button type="button" disabled={isBusy} onClick={() => void byPasskey()}>
          {words} by a passkey of this device or a security key
        </button>
      )}
    </form>
  );
}
