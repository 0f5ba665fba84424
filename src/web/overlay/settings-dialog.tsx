// How the page looks and behaves, what the browser keeps, and what is trusted.

import { useState } from 'preact/hooks';
import { prefer, preferenceOf, preferenceTable } from '../preferences.ts';
import { PageTrust, serverName } from '../served-by.tsx';
import type { Session } from '../chat/session.ts';
import { LockSettings } from '../lock/lock-settings.tsx';
import { Dialog } from './dialog.tsx';
import { DoNotDisturb } from './quiet-choices.tsx';
import { storageWords } from './storage-words.ts';

export function SettingsDialog({ session }: { readonly session: Session }) {
  const { model } = session;
  return (
    <Dialog session={session} title="Settings">
      <p>
        You are <bdi>{model.me}</bdi> at <bdi>{serverName}</bdi>.
      </p>
      <div class="actions">
        <button onClick={() => (session.overlay.value = { kind: 'devices' })}>Your devices</button>
        <button onClick={() => (session.overlay.value = { kind: 'help' })}>
          Keys and commands
        </button>
        <button onClick={() => void session.leave()}>Leave</button>
      </div>
      <Choice session={session} name="theme" legend="Colours" />
      <Choice session={session} name="notify" legend="Notifications while you look elsewhere" />
      <DoNotDisturb session={session} />
      <Told session={session} />
      <h3>What this browser keeps</h3>
      <p>{storageWords(session.storage.value)}</p>
      <h3>The lock</h3>
      <LockSettings session={session} />
      {session.settings.place.lock !== undefined && (
        <Choice
          session={session}
          name="lock-after"
          legend="Minutes hidden until this page locks itself"
        />
      )}
      <h3>What you trust</h3>
      <p>Private messages and sealed groups are encrypted here, and the server cannot read them.</p>
      <PageTrust />
    </Dialog>
  );
}

/** What others hear of this person. */
function Told({ session }: { readonly session: Session }) {
  session.watch();
  const { model } = session;
  const { signalSummary } = model;
  if (signalSummary === undefined) return null;
  return (
    <fieldset>
      <legend>What others see, and you see of them</legend>
      <label>
        <input
          type="checkbox"
          checked={signalSummary.reading}
          onChange={({ currentTarget }) =>
            void session.ask(model.tellReading('all', currentTarget.checked))
          }
        />{' '}
        How far I have read, in private conversations and in groups of up to 20
      </label>
      <label>
        <input
          type="checkbox"
          checked={signalSummary.typing}
          onChange={({ currentTarget }) =>
            void session.ask(model.tellTyping(currentTarget.checked))
          }
        />{' '}
        That I am writing
      </label>
    </fieldset>
  );
}

interface ChoiceProps {
  readonly session: Session;
  readonly name: keyof typeof preferenceTable;
  readonly legend: string;
}

function Choice({ session, name, legend }: ChoiceProps) {
  const [now, setNow] = useState(preferenceOf(name));
  const choose = async (value: string): Promise<void> => {
    const isAllowed = name !== 'notify' || value === 'off' || (await mayNotify());
    if (!isAllowed) {
      session.remark.value = 'The browser does not let this page notify you.';
      return;
    }
    prefer(name, value);
    setNow(value);
  };
  return (
    <fieldset>
      <legend>{legend}</legend>
      {preferenceTable[name].values.map((value) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={value === now}
            onChange={() => void choose(value)}
          />{' '}
          {value}
        </label>
      ))}
    </fieldset>
  );
}

async function mayNotify(): Promise<boolean> {
  return 'Notification' in globalThis && (await Notification.requestPermission()) === 'granted';
}
