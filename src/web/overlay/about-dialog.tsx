// What is known of a conversation, and what can be done with it.

import type { ExportFormat } from '../../client/export/export-format.ts';
import { useEffect, useState } from 'preact/hooks';
import type { ConversationId, ConversationSummary, Verdict } from '../../client/timeline/model.ts';
import { protectionWords, readersWords } from '../../client/wording/protection-words.ts';
import { timeWords } from '../../client/wording/timer-words.ts';
import { expirySeconds, type ExpirySeconds } from '../../wire/expiry.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import { PeopleNames } from '../chat/people.tsx';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';
import { GroupDetails } from './group-details.tsx';
import { IgnoreButton, Mute, Rule } from './quiet-choices.tsx';

export function AboutDialog({
  session,
  id,
}: {
  readonly session: Session;
  readonly id: ConversationId;
}) {
  session.watch();
  const conversation = session.model.conversation(id);
  if (conversation === undefined) return null;
  const { kind, name, protection } = conversation;
  const save = (end: string, format: ExportFormat): void => {
    const place = id === 'lobby' ? undefined : id;
    void session.ask(
      session.actions().then((actions) => actions.export(`${name}.${end}`, place, format)),
    );
  };
  return (
    <Dialog session={session} title={kind === 'group' ? `#${name}` : name}>
      {readersWords(conversation).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p class={protection === 'changed' ? 'warning' : undefined}>{protectionWords[protection]}</p>
      {kind !== 'person' && (
        <SealedMembers session={session} group={kind === 'lobby' ? lobbyGroup : name} />
      )}
      {kind === 'group' && <GroupDetails session={session} conversation={conversation} />}
      <Mute session={session} conversation={conversation} />
      <Rule session={session} conversation={conversation} />
      <Reading session={session} conversation={conversation} />
      <Timer session={session} conversation={conversation} />
      {kind === 'person' && <AboutPerson session={session} conversation={conversation} />}
      {kind === 'lobby' && <PeopleNames session={session} />}
      <p>
        {kind !== 'lobby' && (
          <button onClick={() => (session.overlay.value = { kind: 'pins', id })}>Pinned</button>
        )}{' '}
        <button onClick={() => (session.overlay.value = { kind: 'files' })}>Files</button>{' '}
        <button onClick={() => save('txt', 'text')}>Save what was said as a text</button>{' '}
        <button onClick={() => save('jsonl', 'json')}>with all that belongs to it</button>{' '}
        <button
          onClick={() => void session.ask(session.actions().then((actions) => actions.import('')))}
        >
          Take what was saved …
        </button>
      </p>
    </Dialog>
  );
}

/** Whether others here see how far this person has read, and the other way round. */
function Reading({ session, conversation: { id, tellsReading } }: AboutProps) {
  if (tellsReading === undefined) return null;
  return (
    <fieldset>
      <label>
        <input
          type="checkbox"
          checked={tellsReading}
          onChange={({ currentTarget }) =>
            void session.ask(session.model.tellReading(id, currentTarget.checked))
          }
        />{' '}
        Show here how far I have read, and see it of those who show it
      </label>
    </fieldset>
  );
}

/** After which time disappears what is said there. Who may decide that is said in the answer. */
function Timer({ session, conversation }: AboutProps) {
  const { id, protection, timer: set } = conversation;
  const timer: ExpirySeconds | 0 = set ?? 0;
  if (id === 'lobby' || protection === 'open') return null;
  return (
    <div class="actions">
      <span>
        {timer === 0
          ? 'What is said here stays.'
          : `What is said here disappears ${timeWords(timer)} after it was read.`}
      </span>
      {[...expirySeconds, 0 as const].map(
        (seconds) =>
          seconds !== timer && (
            <button onClick={() => void session.ask(session.model.setTimer(id, seconds))}>
              {seconds === 0 ? 'Let it stay' : timeWords(seconds)}
            </button>
          ),
      )}
    </div>
  );
}

interface AboutProps {
  readonly session: Session;
  readonly conversation: ConversationSummary;
}

function AboutPerson({ session, conversation: { name, protection } }: AboutProps) {
  const { model } = session;
  const ask = (done: Promise<Verdict>): void => void session.ask(done);
  const [lines, setLines] = useState<readonly string[]>([]);
  useEffect(
    () => void model.devices(name).then((told) => setLines(told.ok ? told.value : [told.error])),
    [name, model],
  );
  return (
    <>
      <div class="actions">
        <button class="main" onClick={() => (session.overlay.value = { kind: 'verify', name })}>
          Compare keys
        </button>
        {protection === 'changed' && (
          <>
            <button onClick={() => ask(model.trust(name))}>Take the new key</button>
            <button onClick={() => ask(model.distrust(name))}>Keep to the old key</button>
          </>
        )}
        <IgnoreButton session={session} name={name} />
        <button onClick={() => ask(model.block(name, false))}>Block</button>
        <button onClick={() => ask(model.block(name, true))}>Unblock</button>
      </div>
      <h3>Devices</h3>
      <Lines lines={lines} />
    </>
  );
}

/** Who can read a sealed group, as this device knows it. */
function SealedMembers({ session, group }: { readonly session: Session; readonly group: string }) {
  const [words, setWords] = useState<string>();
  useEffect(() => void session.model.sealedMembers(group).then(setWords), [group, session]);
  return words === undefined ? null : <p>{words}</p>;
}

export function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li key={line} dir="auto">
          {line}
        </li>
      ))}
    </ul>
  );
}
