// What the commands about messages do in a view with conversations: to the message that the person has chosen, or else to
// the last one that can be meant.

import { err, ok, type Result } from '../../lib/result.ts';
import { contentWords } from '../wording/content-words.ts';
import { formatTime } from '../wording/moment-words.ts';
import { excerpt } from '../wording/present-own.ts';
import type { ConversationId, MessageItem, MessageRights, Model } from '../timeline/model.ts';
import type { CommandActions, Verdict } from './actions.ts';

export interface MessageCommandSources {
  readonly model: Pick<
    Model,
    'entries' | 'rightsTo' | 'say' | 'editText' | 'deleteMessage' | 'react' | 'editsOf'
  >;
  readonly id: ConversationId;
  /** The key of the chosen message. */
  readonly chosen: number | undefined;
  readonly print: (text: string) => void;
  /** Puts the text of a message where it can be edited. Undefined: the view has no such place. */
  readonly beginEdit: ((item: MessageItem) => void) | undefined;
}

type MessageCommands = Pick<
  CommandActions,
  'editMessage' | 'deleteMessage' | 'react' | 'reply' | 'edits'
>;

/** So many of the last items are looked through. */
const maxLooked = 500;

/** The commands about messages of a conversation. */
export function messageCommands(sources: MessageCommandSources): MessageCommands {
  const { model, id, print, beginEdit } = sources;
  const on = async (
    whose: Whose,
    right: keyof MessageRights,
    act: (item: MessageItem) => Verdict | Promise<Verdict>,
  ): Promise<Verdict> => {
    const found = meantMessage(sources, whose, right);
    return found.ok ? act(found.value) : found;
  };
  return {
    editMessage: (text) =>
      on('own', 'edit', (item) => {
        if (text !== '') return model.editText(id, item.key, text);
        if (beginEdit === undefined) return err('It is written: /edit text');
        beginEdit(item);
        return ok(undefined);
      }),
    deleteMessage: (isSure) =>
      on('own', 'delete', (item) =>
        isSure ? model.deleteMessage(id, item.key) : ok(`${deletionQuestion(item)}: /delete yes`),
      ),
    react: (emoji) =>
      on('others', 'react', ({ key, reactions = [] }) => {
        const given = reactions.find((one) => one.emoji === emoji);
        return model.react(id, key, emoji, given?.mine !== true);
      }),
    reply: (text) => on('others', 'reply', ({ key }) => model.say(id, text, { reply: key })),
    edits: async () => {
      const found = meantMessage(sources, 'edited', undefined);
      if (!found.ok) return found;
      const forms = await model.editsOf(id, found.value.key);
      if (!forms.ok) return forms;
      for (const { at, text } of forms.value) print(`${formatTime(at)} ${text}`);
      return ok(undefined);
    },
  };
}

/** What is asked before a message is deleted. */
export function deletionQuestion({ from, isOwn, content }: MessageItem): string {
  const whose = isOwn ? 'This deletes' : `This deletes what ${from} said`;
  return `${whose} for everybody, and nothing brings it back: "${excerpt(contentWords(content))}"`;
}

type Whose = 'own' | 'others' | 'edited';

const none: Readonly<Record<Whose, string>> = {
  own: 'You have said nothing here lately.',
  others: 'Nobody else has said anything here lately.',
  edited: 'No message here was edited lately.',
};

function meantMessage(
  { model, id, chosen }: MessageCommandSources,
  whose: Whose,
  right: keyof MessageRights | undefined,
): Result<MessageItem, string> {
  const items = model.entries(id);
  const verdictOn = ({ key }: MessageItem): Verdict =>
    right === undefined ? ok(undefined) : (model.rightsTo(id, key)?.[right] ?? ok(undefined));
  if (chosen !== undefined) {
    const item = items.at(items.indexFrom(chosen));
    if (item?.key !== chosen || item.kind !== 'message') return err('That is no message.');
    const verdict = verdictOn(item);
    return verdict.ok ? ok(item) : verdict;
  }
  const first = Math.max(0, items.length - maxLooked);
  for (let index = items.length - 1; index >= first; index--) {
    const item = items.at(index);
    if (item?.kind !== 'message' || item.deleted !== undefined || !isMeant(item, whose)) continue;
    const verdict = verdictOn(item);
    return verdict.ok ? ok(item) : verdict;
  }
  return err(none[whose]);
}

function isMeant(item: MessageItem, whose: Whose): boolean {
  return whose === 'edited' ? item.edited !== undefined : item.isOwn === (whose === 'own');
}
