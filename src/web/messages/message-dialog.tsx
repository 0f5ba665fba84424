// What can be done with one message, in a dialogue: everything, the choice of a reaction, the question before deleting,
// and its earlier forms. Only what the person may do is offered; of the rest it says why not.

import { useEffect, useState } from 'preact/hooks';
import type {
  ConversationId,
  MessageForm,
  MessageItem,
  MessageRights,
} from '../../client/timeline/model.ts';
import { readersWords } from '../../client/wording/reader-words.ts';
import { itemWords } from '../../client/wording/item-words.ts';
import { formatDay, formatTime } from '../../client/wording/moment-words.ts';
import type { Result } from '../../lib/result.ts';
import type { PageMessagesView, PageOverlay, Session } from '../chat/session.ts';
import { IgnoreButton } from '../overlay/quiet-choices.tsx';
import { Dialog } from '../overlay/dialog.tsx';
import { offeredEmoji, quickEmoji } from './emoji.ts';
import { messageAt } from './message-acts.ts';
import { reactedWords } from './reaction-words.ts';

type ShownMessage = Extract<PageOverlay, { readonly kind: 'message' }>;

interface MessageProps {
  readonly session: Session;
  readonly acts: PageMessagesView;
  readonly item: MessageItem;
  readonly rights: MessageRights;
}

const titles = {
  all: '',
  react: 'React',
  delete: 'Delete for everybody?',
  forms: 'Earlier forms',
} as const satisfies Record<ShownMessage['view'], string>;

export function MessageDialog({
  session,
  shown: { id, key, view },
}: {
  readonly session: Session;
  readonly shown: ShownMessage;
}) {
  session.watch();
  const item = messageAt(session, id, key);
  const rights = session.model.rightsTo(id, key);
  const acts = session.messages.value;
  const whose = item?.isOwn === true ? 'Your message' : `What ${item?.from ?? 'somebody'} said`;
  return (
    <Dialog session={session} title={titles[view] || whose}>
      {item === undefined || rights === undefined || acts === undefined ? (
        <p>That message is not here any more.</p>
      ) : (
        <View view={view} id={id} props={{ session, acts, item, rights }} />
      )}
    </Dialog>
  );
}

function View({
  view,
  id,
  props,
}: Pick<ShownMessage, 'view' | 'id'> & { readonly props: MessageProps }) {
  switch (view) {
    case 'react':
      return <EmojiPicker {...props} />;
    case 'delete':
      return <DeleteQuestion {...props} />;
    case 'forms':
      return <EarlierForms {...props} id={id} />;
    case 'all':
    default:
      return <Everything {...props} />;
  }
}

/** The text, so that it can be read and selected. */
function Told({ item }: Pick<MessageProps, 'item'>) {
  return (
    <p class="told-text" dir="auto" tabIndex={0}>
      {itemWords(item)}
    </p>
  );
}

function close(session: Session): void {
  session.overlay.value = undefined;
  session.soon();
}

function Everything({ session, acts, item, rights }: MessageProps) {
  const { key, edited, readBy, reactions = [] } = item;
  const { me } = session.model;
  return (
    <>
      <Told item={item} />
      {item.pinned !== undefined && (
        <p>
          Pinned by <bdi>{item.pinned.by}</bdi>.
        </p>
      )}
      {readBy !== undefined && <p>{readersWords(readBy)}</p>}
      {rights.react.ok && (
        <div class="emoji-choice">
          {offeredEmoji.slice(0, quickEmoji).map((one) => (
            <EmojiButton key={one[0]} {...{ session, acts, item, one }} />
          ))}
          <button onClick={() => acts.ask(key, 'react')}>More</button>
        </div>
      )}
      <div class="actions">
        {rights.reply.ok && <button onClick={() => acts.reply(key)}>Reply</button>}
        {rights.edit.ok && <button onClick={() => acts.edit(key)}>Edit</button>}
        <button onClick={() => acts.copy(key)}>Copy</button>
        {rights.pin.ok && (
          <button
            onClick={() => {
              acts.pin(key, item.pinned === undefined);
              close(session);
            }}
          >
            {item.pinned === undefined ? 'Pin' : 'Unpin'}
          </button>
        )}
        {!item.isOwn && <IgnoreButton session={session} name={item.from} />}
        {item.seq !== undefined && <button onClick={() => acts.copyLink(key)}>Copy link</button>}
        {edited !== undefined && (
          <button onClick={() => acts.ask(key, 'forms')}>Earlier forms</button>
        )}
        {rights.delete.ok && (
          <button class="danger" onClick={() => acts.ask(key, 'delete')}>
            Delete …
          </button>
        )}
      </div>
      <Reasons rights={rights} />
      {reactions.length > 0 && (
        <>
          <h3>Reactions</h3>
          <ul class="lines">
            {reactions.map((reaction) => (
              <li key={reaction.emoji}>
                <bdi class="emoji">{reaction.emoji}</bdi>{' '}
                {reactedWords(reaction, me, reaction.names.length)}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const actNames = {
  reply: 'Reply',
  react: 'React',
  edit: 'Edit',
  delete: 'Delete',
  pin: 'Pin',
} as const satisfies Record<keyof MessageRights, string>;

/** Why something cannot be done; said once where it is the same for all. */
function Reasons({ rights }: Pick<MessageProps, 'rights'>) {
  const names = Object.keys(actNames) as readonly (keyof MessageRights)[];
  const acts = new Map<string, string[]>();
  for (const name of names) {
    const right = rights[name];
    if (!right.ok) acts.set(right.error, [...(acts.get(right.error) ?? []), actNames[name]]);
  }
  return (
    <>
      {[...acts].map(([why, which]) => (
        <p key={why} class="dim">
          {which.join(', ')}: {why}
        </p>
      ))}
    </>
  );
}

function EmojiButton({
  session,
  acts,
  item: { key, reactions = [] },
  one: [emoji, name],
}: Omit<MessageProps, 'rights'> & { readonly one: readonly [emoji: string, name: string] }) {
  const isMine = reactions.some((reaction) => reaction.emoji === emoji && reaction.mine);
  return (
    <button
      class="emoji"
      aria-pressed={isMine}
      aria-label={name}
      title={name}
      onClick={() => {
        acts.react(key, emoji, !isMine);
        close(session);
      }}
    >
      <span aria-hidden="true">{emoji}</span>
    </button>
  );
}

/** Far more than one character has. */
const maxTyped = 32;

function EmojiPicker({ session, acts, item, rights }: MessageProps) {
  const [typed, setTyped] = useState('');
  const emoji = typed.trim();
  const give = async (): Promise<void> => {
    const verdict = await session.model.react(session.focus.id, item.key, emoji, true);
    session.told(verdict);
    if (verdict.ok) close(session);
  };
  if (!rights.react.ok) return <p>{rights.react.error}</p>;
  return (
    <>
      <div class="emoji-choice">
        {offeredEmoji.map((one) => (
          <EmojiButton key={one[0]} {...{ session, acts, item, one }} />
        ))}
      </div>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          if (emoji !== '') void give();
        }}
      >
        <label for="other-emoji">Another one</label>
        <input
          id="other-emoji"
          autocomplete="off"
          maxLength={maxTyped}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button disabled={emoji === ''}>React</button>
      </form>
    </>
  );
}

function DeleteQuestion({ session, acts, item, rights }: MessageProps) {
  if (!rights.delete.ok) return <p>{rights.delete.error}</p>;
  return (
    <>
      <Told item={item} />
      <p>
        Its text goes from everybody’s devices and from the server. A mark stays
        {item.isOwn ? '' : ', which says that you did it'}. Who has read it has read it, and older
        programs keep it.
      </p>
      <div class="actions">
        <button
          class="danger"
          onClick={() => {
            acts.delete(item.key);
            close(session);
          }}
        >
          Delete for everybody
        </button>
        <button autofocus onClick={() => close(session)}>
          Keep it
        </button>
      </div>
    </>
  );
}

function EarlierForms({
  session,
  item: { key, edited },
  id,
}: MessageProps & { readonly id: ConversationId }) {
  const [forms, setForms] = useState<Result<readonly MessageForm[], string>>();
  const times = edited?.times;
  useEffect(() => {
    let isAsked = true;
    const read = async (): Promise<void> => {
      const told = await session.model.editsOf(id, key);
      if (isAsked) setForms(told);
    };
    void read();
    return () => {
      isAsked = false;
    };
  }, [session, id, key, times]);
  if (forms === undefined) return <p class="dim">one moment …</p>;
  if (!forms.ok) return <p>{forms.error}</p>;
  return (
    <ol class="lines forms">
      {forms.value.map(({ at, text }, index) => (
        <li key={index}>
          <time dateTime={new Date(at).toISOString()}>
            {formatDay(at)} {formatTime(at)}
          </time>
          <p dir="auto">{text}</p>
        </li>
      ))}
    </ol>
  );
}
