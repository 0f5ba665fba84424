// The devices of this account: what is known of them, another one taken in, recovery words, the backup.

import { useEffect, useRef, useState } from 'preact/hooks';
import { revokeReasons, type RevokeReason } from '../../wire/statements/chain-link.ts';
import type { Session } from '../chat/session.ts';
import { noLinkingCode } from '../../client/wording/scanned-words.ts';
import { Scanner } from '../scan/scanner.tsx';
import { Lines } from './about-dialog.tsx';
import { Dialog } from './dialog.tsx';

export function DevicesDialog({ session }: { readonly session: Session }) {
  const { model } = session;
  const [lines, setLines] = useState<readonly string[]>([]);
  const [answer, setAnswer] = useState<string>();
  const [code, setCode] = useState('');
  const read = (): void =>
    void model.devices(undefined).then((told) => setLines(told.ok ? told.value : [told.error]));
  useEffect(read, [model]);
  // The button may be far below it, and words that are shown once must be seen.
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (answer !== undefined) told.current?.scrollIntoView({ block: 'nearest' });
  }, [answer]);
  const ask = async (done: ReturnType<typeof model.link>): Promise<void> => {
    const verdict = await done;
    setAnswer(verdict.ok ? verdict.value : verdict.error);
    read();
  };
  return (
    <Dialog session={session} title="Your devices">
      <Lines lines={lines} />
      <p ref={told} role="status" class="answer" dir="auto">
        {answer}
      </p>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(model.link(code.trim()));
          setCode('');
        }}
      >
        <label for="link-code">Code that a new device shows, then its digits</label>
        <input
          id="link-code"
          autocomplete="off"
          spellcheck={false}
          required
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
        <button>Take it in</button>
      </form>
      <Scanner
        what="the code that the new device shows"
        found={(scanned) => {
          if (scanned.is === 'link') void ask(model.link(scanned.code));
          else setAnswer(noLinkingCode);
        }}
      />
      <RevokeForm session={session} done={setAnswer} read={read} />
      <h3>Recovery words and backup</h3>
      <div class="actions">
        <button onClick={() => void ask(model.recovery())}>Make recovery words</button>
        <button onClick={() => void ask(model.backup(undefined))}>How the backup stands</button>
        <button onClick={() => void ask(model.backup('on'))}>Keep a backup</button>
        <button onClick={() => void ask(model.backup('now'))}>Back up now</button>
        <button onClick={() => void ask(model.backup('off'))}>Keep none</button>
      </div>
      <h3>What was said, for a new device</h3>
      <div class="actions">
        <button onClick={() => void ask(model.giveHistory('give'))}>Give it the history</button>
        <button onClick={() => void ask(model.giveHistory('keep'))}>Keep it here</button>
      </div>
    </Dialog>
  );
}

interface RevokeProps {
  readonly session: Session;
  readonly done: (words: string) => void;
  readonly read: () => void;
}

function RevokeForm({ session, done, read }: RevokeProps) {
  const [number, setNumber] = useState('');
  const [why, setWhy] = useState<RevokeReason>('lost');
  const revoke = async (): Promise<void> => {
    const told = await session.model.revokeDevice(Number(number), why);
    done(told.ok ? told.value : told.error);
    read();
  };
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        void revoke();
      }}
    >
      <label for="revoke-number">Take out the device with the number</label>
      <input
        id="revoke-number"
        inputMode="numeric"
        pattern="[1-9][0-9]?"
        required
        value={number}
        onInput={(event) => setNumber(event.currentTarget.value)}
      />
      <label for="revoke-why">because it is</label>
      <select
        id="revoke-why"
        value={why}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setWhy(revokeReasons.find((reason) => reason === value) ?? 'lost');
        }}
      >
        {revokeReasons.map((reason) => (
          <option key={reason}>{reason}</option>
        ))}
      </select>
      <button>Take it out</button>
    </form>
  );
}
