// `/pin`, `/unpin` and `/pins`: the messages that everybody in a conversation finds easily; and what the first two do in a
// view with conversations.
import { err, ok, type Result } from '../../lib/result.ts';
import type { ConversationId, MessageItem, Model } from '../timeline/model.ts';
import { contentWords } from '../wording/content-words.ts';
import { excerpt } from '../wording/present-own.ts';
import type { CommandActions, CommandOutcome } from './actions.ts';
import type { PinActions } from './pin-actions.ts';
import { conversationIn, wordsOf, type TypedCommand } from './typed-command.ts';

function aboutPins(
  act: (id: string, actions: CommandActions) => CommandOutcome | Promise<CommandOutcome>,
): TypedCommand['run'] {
  return (rest, actions) => {
    const [word, ...more] = wordsOf(rest);
    const id = conversationIn(word, actions);
    return id === undefined || more.length > 0 ? 'malformed' : act(id, actions);
  };
}

export const pinTable: Readonly<Record<'/pin' | '/unpin' | '/pins', TypedCommand>> = {
  '/pin': {
    form: '/pin {conversation}',
    help: 'pin the message that you have chosen, or the last one, so that everybody there finds it: in private both of you, in a group its owners and moderators',
    run: aboutPins((id, { pin }) => pin(id, true)),
  },
  '/unpin': {
    form: '/unpin {conversation}',
    help: 'take off the pin of the message that you have chosen, or the last one that has any',
    run: aboutPins((id, { pin }) => pin(id, false)),
  },
  '/pins': {
    form: '/pins {conversation}',
    help: 'what is pinned there',
    run: aboutPins((id, { pins }) => pins(id)),
  },
};

export const nothingPinned = 'Nothing is pinned here.';

export interface PinSources {
  readonly model: Pick<Model, 'conversation' | 'entries' | 'pin' | 'pins' | 'rightsTo'>;
  /** The conversation that the person looks at, and the key of the message there that is chosen. */
  readonly here: ConversationId;
  readonly chosen: number | undefined;
  readonly showPins: (id: ConversationId) => void;
}

/** So many of the last items are looked through. */
const maxLooked = 500;

/** The same in a view with conversations. */
export function pinActions(sources: PinSources): PinActions {
  const { model, here, showPins } = sources;
  const chosenIn = (id: ConversationId) => (id === here ? sources.chosen : undefined);
  return {
    pin: async (id, on) => {
      if (model.conversation(id) === undefined) return err(`There is no conversation ${id}.`);
      const chosen = chosenIn(id);
      if (chosen !== undefined) return model.pin(id, chosen, on);
      if (!on) {
        const pins = await model.pins(id);
        if (!pins.ok) return pins;
        const [last] = pins.value;
        if (last === undefined) return err(nothingPinned);
        return said(await last.unpin(), `unpinned: "${excerpt(last.text)}"`);
      }
      const item = lastMessage(model, id);
      if (item === undefined) return err('There is no message here.');
      const words = `pinned: "${excerpt(contentWords(item.content))}"`;
      return said(await model.pin(id, item.key, true), words);
    },
    pins: (id) => {
      if (model.conversation(id) === undefined) return err(`There is no conversation ${id}.`);
      showPins(id);
      return ok(undefined);
    },
  };
}

function said(done: Result<string | undefined, string>, words: string): typeof done {
  return done.ok ? ok(words) : done;
}

function lastMessage(model: Pick<Model, 'entries'>, id: ConversationId): MessageItem | undefined {
  const items = model.entries(id);
  for (let back = 1; back <= Math.min(maxLooked, items.length); back++) {
    const item = items.at(items.length - back);
    if (item?.kind === 'message' && item.seq !== undefined && item.deleted === undefined)
      return item;
  }
  return undefined;
}
