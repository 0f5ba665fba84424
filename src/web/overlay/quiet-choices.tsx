// What is to be quiet: a conversation, a person, or everything for a while.

import type { ConversationSummary } from '../../client/timeline/model.ts';
import { mutedWords, quietWords, ruleWords } from '../../client/wording/muted-words.ts';
import type { Session } from '../chat/session.ts';

const hourMs = 3_600_000;
const rules = ['all', 'mentions', 'nothing', undefined] as const;

interface QuietProps {
  readonly session: Session;
  readonly conversation: ConversationSummary;
}

/** Of a muted conversation only what names the person is told. */
export function Mute({ session, conversation: { id, mutedUntil } }: QuietProps) {
  const mute = (ms: number): void => void session.ask(session.model.mute(id, ms));
  if (mutedUntil !== undefined)
    return (
      <div class="actions">
        <span>This conversation is {mutedWords(mutedUntil)}.</span>
        <button onClick={() => mute(0)}>Mute it no more</button>
      </div>
    );
  return (
    <div class="actions">
      <button onClick={() => mute(hourMs)}>Mute for an hour</button>
      <button onClick={() => mute(8 * hourMs)}>for 8 hours</button>
      <button onClick={() => mute(Infinity)}>Mute</button>
    </div>
  );
}

/** What calls for attention there. */
export function Rule({ session, conversation: { id, kind, rule } }: QuietProps) {
  const { model } = session;
  return (
    <fieldset>
      <legend>What calls for you here</legend>
      {rules.map((one) => (
        <label key={one ?? ''}>
          <input
            type="radio"
            name="rule"
            checked={one === rule}
            onChange={() => void session.ask(model.setRule(id, one))}
          />{' '}
          {one ?? 'no rule'}: {ruleWords(one, kind === 'person')}
        </label>
      ))}
    </fieldset>
  );
}

/** Hides what somebody says in the lobby and in groups. */
export function IgnoreButton({
  session,
  name,
}: {
  readonly session: Session;
  readonly name: string;
}) {
  const isIgnored = session.model.isIgnored(name);
  return (
    <button onClick={() => void session.ask(session.model.ignore(name, !isIgnored))}>
      {isIgnored ? 'Ignore no more' : 'Ignore'}
      <span class="hidden"> {name}</span>
    </button>
  );
}

/** Nothing tells of what comes, for a while. */
export function DoNotDisturb({ session }: { readonly session: Session }) {
  session.watch();
  const { model } = session;
  const wish = (typed: string): void => void session.ask(model.doNotDisturb(typed));
  return (
    <fieldset>
      <legend>Do not disturb</legend>
      {model.quietUntil !== undefined && <p>{quietWords(model.quietUntil)}</p>}
      <div class="actions">
        <button onClick={() => wish('1h')}>For an hour</button>
        <button onClick={() => wish('8h')}>for 8 hours</button>
        <button onClick={() => wish('until 08:00')}>until 8 in the morning</button>
        <button onClick={() => wish('off')}>Off</button>
      </div>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          const [from, to] = [given.get('from'), given.get('to')];
          if (typeof from === 'string' && typeof to === 'string') wish(`daily ${from}-${to}`);
        }}
      >
        <label>
          Each day from <input type="time" name="from" defaultValue="22:00" required />
        </label>
        <label>
          to <input type="time" name="to" defaultValue="08:00" required />
        </label>
        <button>Each day</button>
        <button type="button" onClick={() => wish('daily off')}>
          Not each day
        </button>
      </form>
    </fieldset>
  );
}
