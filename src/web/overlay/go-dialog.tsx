// Goes to a conversation by a few letters of its name; begins one with somebody; enters a group, or makes one.

import { useState } from 'preact/hooks';
import type { ConversationId, Verdict } from '../../client/timeline/model.ts';
import { parseGroupName, parseUsername } from '../../wire/text.ts';
import type { Session } from '../chat/session.ts';
import { Dialog } from './dialog.tsx';

const maxChoices = 50;

export function GoDialog({ session }: { readonly session: Session }) {
  session.watch();
  const [typed, setTyped] = useState('');
  const query = typed.trim().replace(/^[@#]/, '');
  const { model } = session;
  const choices = choicesFor(session, query.toLowerCase());
  const arrive = async (done: Promise<Verdict>, id: ConversationId): Promise<void> => {
    const verdict = await done;
    session.told(verdict);
    if (verdict.ok) session.go(id);
  };
  const write = (): void => {
    const id = model.withPerson(query);
    if (id !== undefined) session.go(id);
  };
  const goToDay = async (day: string): Promise<void> => {
    const late = await session.late;
    session.overlay.value = undefined;
    session.told(await late.run(`/goto ${day}`));
  };
  const isName = parseUsername(query) !== undefined;
  const group = parseGroupName(query);
  return (
    <Dialog session={session} title="Write or join">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = choices;
          if (first !== undefined) session.go(first);
          else if (isName) write();
        }}
      >
        <label for="go-name">Name of a person or a group</label>
        <input
          id="go-name"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          autofocus
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </form>
      <p>
        <button onClick={() => (session.overlay.value = { kind: 'groups' })}>
          Public groups …
        </button>
      </p>
      <ul class="choices">
        {choices.map((id) => (
          <li key={id}>
            <button onClick={() => session.go(id)}>
              <bdi>{id}</bdi>
            </button>
          </li>
        ))}
      </ul>
      <div class="actions">
        <label for="go-day">
          A day in <bdi>{session.focus.id}</bdi>
        </label>
        <input
          id="go-day"
          type="date"
          max={today()}
          onChange={({ currentTarget: { value } }) => value !== '' && void goToDay(value)}
        />
      </div>
      {query !== '' && !isName && (
        <p class="dim">A name has 1 to 32 letters from a to z, digits or underscores.</p>
      )}
      {isName && group !== undefined && (
        <ul class="choices" aria-label="Begin something new">
          {query !== model.me && !choices.includes(`@${query}`) && (
            <li>
              <button onClick={write}>
                Write to <bdi>{query}</bdi> in private, encrypted
              </button>
            </li>
          )}
          {!choices.includes(`#${query}`) && (
            <>
              <li>
                <button onClick={() => void arrive(model.joinGroup(query), `#${query}`)}>
                  Enter the group <bdi>{query}</bdi>
                </button>
              </li>
              <li>
                <button
                  onClick={() =>
                    void arrive(
                      model.createGroup(query, { asked: undefined, mode: 'open' }),
                      `#${query}`,
                    )
                  }
                >
                  Make the group <bdi>{query}</bdi>
                </button>
              </li>
              <li>
                <button
                  onClick={() =>
                    void arrive(
                      model.createGroup(query, { asked: undefined, mode: 'invite' }),
                      `#${query}`,
                    )
                  }
                >
                  Make the group <bdi>{query}</bdi>, entered by invitation
                </button>
              </li>
            </>
          )}
        </ul>
      )}
    </Dialog>
  );
}

/** As a date is written where it is chosen, in local time. */
function today(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function choicesFor({ model }: Session, query: string): readonly ConversationId[] {
  const open = model.conversations.map(({ id }) => id);
  const people = model.names.filter((name) => name !== model.me).map((name) => `@${name}`);
  const all = query === '' ? open : [...new Set([...open, ...people])];
  const isMeant = (id: ConversationId): boolean => id.toLowerCase().includes(query);
  return all.filter(isMeant).slice(0, maxChoices);
}
