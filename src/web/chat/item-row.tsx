// One item of a conversation: the day and the unread line before it, then who says what, and how far an own one has
// come. Everything that others wrote is text, in a direction of its own.

import type { ComponentChildren } from 'preact';
import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';
import type {
  MessageItem,
  NoticeItem,
  SentState,
  TimelineItem,
  UnreadableItem,
} from '../../client/timeline/model.ts';
import { unreachable } from '../../lib/invariant.ts';
import { contentWords } from '../../client/wording/content-words.ts';
import { hasMarks } from '../../client/markup/marks.ts';
import { formatDay, formatTime } from '../../client/wording/moment-words.ts';
import { sentWords } from '../../client/wording/protection-words.ts';
import type { Choice } from '../../client/commands/choices.ts';
import { deletedWords } from '../../client/wording/amended-words.ts';
import { Edited, Quote, Reactions } from '../messages/said-marks.tsx';
import { Confirmed } from '../overlay/confirmed.tsx';
import { lateSetText, loadSetText } from './late-text.ts';
import { LinkedText } from './linked-text.tsx';
import type { Session } from './session.ts';

export interface ItemRowProps {
  readonly item: TimelineItem;
  readonly isNewDay: boolean;
  readonly isUnreadLine: boolean;
  /** The name stands above already. */
  readonly isTogether: boolean;
  readonly session: Session;
}

export const ItemRow = memo(
  ({ item, isNewDay, isUnreadLine, isTogether, session }: ItemRowProps) => (
    <div class="row">
      {isNewDay && (
        <p class="rule">
          <span>{formatDay(item.at)}</span>
        </p>
      )}
      {isUnreadLine && (
        <p class="rule unread-line">
          <span>unread</span>
        </p>
      )}
      <Item item={item} isTogether={isTogether} session={session} />
    </div>
  ),
);

function Item({
  item,
  isTogether,
  session,
}: Pick<ItemRowProps, 'item' | 'isTogether' | 'session'>) {
  switch (item.kind) {
    case 'message':
      return (
        <Said
          item={item}
          words={item.deleted === undefined ? contentWords(item.content) : deletedWords(item)}
          isTogether={isTogether}
          session={session}
        />
      );
    case 'unreadable':
      if (item.from === undefined) return <Notice tone="warning" text={item.why} at={item.at} />;
      return (
        <Said
          item={{ ...item, from: item.from }}
          words={`cannot be read: ${item.why}`}
          isTogether={isTogether}
          session={session}
        />
      );
    case 'notice':
      return (
        <>
          <Notice tone={item.tone} text={item.text} at={item.at} />
          {item.choices !== undefined && !session.isDecided(item.choices, item.at) && (
            <Choices choices={item.choices} session={session} />
          )}
        </>
      );
    case 'file':
      return <Notice tone={item.tone} text={item.text} at={item.at} />;
    default:
      return unreachable(item);
  }
}

const marks = { notice: '*', warning: '!', reply: '=' } as const;

function Notice({ tone, text, at }: Pick<NoticeItem, 'tone' | 'text' | 'at'>) {
  return (
    <p class={`notice ${tone}`}>
      <Time at={at} />
      <span class="mark" aria-hidden="true">
        {marks[tone]}
      </span>
      {/* The page's own words, in which a name from right to left must not turn the sentence around. */}
      <span dir="ltr">{isolated(text)}</span>
    </p>
  );
}

/** Words from right to left, such as the name of a file, each run by itself: they must not draw what is beside them along. */
function isolated(text: string): ComponentChildren {
  if (!fromRight.test(text)) return text;
  const runs: { words: string; isRight: boolean }[] = [];
  for (const word of text.split(/(?<= )/)) {
    const isRight = fromRight.test(word);
    const last = runs.at(-1);
    if (last?.isRight === isRight) last.words += word;
    else runs.push({ words: word, isRight });
  }
  return runs.map(({ words, isRight }) => (isRight ? <bdi>{words}</bdi> : words));
}

const fromRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Buttons for the commands that a notice names. */
function Choices({
  choices,
  session,
}: {
  readonly choices: readonly Choice[];
  readonly session: Session;
}) {
  return (
    <div class="actions choose">
      {choices.map(({ words, typed, isFinal }) =>
        isFinal === true ? (
          <Confirmed key={typed} words={words} run={() => session.choose(typed)} />
        ) : (
          <button key={typed} onClick={() => session.choose(typed)}>
            {words}
          </button>
        ),
      )}
    </div>
  );
}

interface SaidProps {
  readonly item: MessageItem | (UnreadableItem & { readonly from: string });
  readonly words: string;
  readonly isTogether: boolean;
  readonly session: Session;
}

function Said({ item, words, isTogether, session }: SaidProps) {
  const files = session.files.value;
  const messages = session.messages.value;
  const isMessage = item.kind === 'message';
  const isGone = !isMessage || item.deleted !== undefined;
  const classes = [
    'said',
    item.isOwn && 'own',
    isMessage && item.namesMe && 'names-me',
    isGone && 'unreadable',
    isTogether && 'together',
  ];
  return (
    <article
      class={classes.filter((name) => name !== false).join(' ')}
      data-key={isMessage ? item.key : undefined}
      tabIndex={isMessage ? -1 : undefined}
    >
      <header class={isTogether ? 'hidden' : undefined}>
        <bdi class={item.isOwn ? 'name' : `name ${hueOf(item.from)}`}>{item.from}</bdi>
        <Time at={item.at} />
        <Lock item={item} />
      </header>
      {isMessage && <Quote item={item} session={session} />}
      <div class="words" dir="auto">
        {isMessage && item.remark !== undefined && (
          <strong class="warning">({item.remark}) </strong>
        )}
        <Words text={words} />
        {isMessage && <Edited item={item} />}
        {isMessage && item.state !== undefined && <Sent state={item.state} />}
        {isMessage && item.readBy && <ReadBy item={item} />}
      </div>
      {isMessage && files !== undefined && <files.Said content={item.content} />}
      {isMessage && <Reactions item={item} session={session} />}
      {isMessage && messages !== undefined && <messages.Tools item={item} />}
    </article>
  );
}

/** Whether it is encrypted, as a shape, and in words for whoever hears it. */
function Lock({ item }: { readonly item: SaidProps['item'] }) {
  if (!item.encrypted) return <span class="hidden">not encrypted</span>;
  const [shape, words] =
    item.standing === 'changed'
      ? ['!', 'encrypted, the key has changed']
      : item.standing === 'verified'
        ? ['◆', 'encrypted, key verified']
        : ['◇', 'encrypted'];
  return (
    <span class={item.standing === 'changed' ? 'lock warning' : 'lock good'} title={words}>
      <span aria-hidden="true">{shape}</span>
      <span class="hidden">{words}</span>
    </span>
  );
}

const stateNames: Readonly<Record<SentState, string>> = {
  waiting: 'waiting',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'not delivered',
};

function Sent({ state }: { readonly state: SentState }) {
  return (
    <span class={`state ${state}`} title={stateNames[state]}>
      <span aria-hidden="true">{sentWords[state]}</span>
      <span class="hidden">{stateNames[state]}</span>
    </span>
  );
}

/** In a private conversation the state says it. */
function ReadBy({ item: { readBy, state } }: { readonly item: MessageItem }) {
  return state === 'read' ? null : <span class="state">read by {readBy?.count}</span>;
}

function Time({ at }: { readonly at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDay(at)}>
      {formatTime(at)}
    </time>
  );
}

/** A longer text is cut at first. */
const maxShown = 3_000;
const maxShownLines = 40;

/** The beginning of `text` that is shown at first. */
function beginning(text: string): string {
  const shown =
    text.length > maxShown ? text.slice(0, maxShown).replace(/[\uD800-\uDBFF]$/, '') : text;
  const lines = shown.split('\n', maxShownLines + 1);
  return lines.length > maxShownLines ? lines.slice(0, maxShownLines).join('\n') : shown;
}

function Words({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? text : beginning(text);
  const more = text.length - shown.length;
  return (
    <>
      <Text text={shown} />
      {more > 0 && (
        <>
          …{' '}
          <button class="more" onClick={() => setWhole(true)}>
            {more.toLocaleString('en')} more characters
          </button>
        </>
      )}
    </>
  );
}

/** Set, if there is anything to set in it. */
function Text({ text }: { readonly text: string }) {
  if (!hasMarks(text)) return <LinkedText text={text} />;
  const SetText = lateSetText.value;
  if (SetText !== undefined) return <SetText text={text} />;
  void loadSetText();
  return <LinkedText text={text} />;
}

const hues = 8;

/** The colour of a name is the same everywhere. It only helps: the name is there too. */
function hueOf(name: string): string {
  let sum = 0;
  for (let at = 0; at < name.length; at++) sum = (sum * 31 + name.charCodeAt(at)) % 65_521;
  return `hue-${sum % hues}`;
}
