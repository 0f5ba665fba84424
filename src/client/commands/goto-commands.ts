// `/goto` and `/permalink`: to a day or to a message, and a link to one.
import { err, ok } from '../../lib/result.ts';
import { splitWord } from '../../wire/text.ts';
import { looksLikeLink, parsePermalink } from '../permalink/permalink.ts';
import type { ConversationId, Model } from '../timeline/model.ts';
import { linkFaults, nothingSince } from '../wording/link-words.ts';
import { formatDay, formatTime } from '../wording/moment-words.ts';
import { parseMoment } from '../wording/said-when.ts';
import type { GotoActions } from './goto-actions.ts';
import type { TypedCommand } from './typed-command.ts';

export const gotoCommands: Readonly<Record<string, TypedCommand>> = {
  '/goto': {
    form: '/goto date|link',
    help: 'to what was said then, or to the message of a link: 2026-11-01, yesterday, monday, 14:30, 2h; of another place: /goto #group date',
    run: (rest, actions) => {
      const typed = rest.trim();
      if (typed === '') return 'malformed';
      const [first, behind] = splitWord(typed);
      const isPlace = (/^[#@]\w/.test(first) && !looksLikeLink(first)) || first === 'lobby';
      if (isPlace && behind.trim() === '') return 'malformed';
      return isPlace ? actions.goTo(behind.trim(), first) : actions.goTo(typed, undefined);
    },
  },
  '/permalink': {
    form: '/permalink',
    help: 'a link to the message that you have chosen, or to the last one; it tells others nothing',
    run: (rest, { permalink }) => (rest.trim() === '' ? permalink() : 'malformed'),
  },
};

export interface GotoSources {
  readonly model: Pick<Model, 'goTo' | 'goToLink' | 'permalink' | 'entries'>;
  readonly id: ConversationId;
  readonly chosen: number | undefined;
  readonly placed: (typed: string) => ConversationId | undefined;
  readonly reveal: (id: ConversationId, key: number) => void;
  readonly print: (text: string) => void;
  /** The link as others follow it best. */
  readonly linkOf?: ((link: string) => string) | undefined;
  readonly now: () => number;
}

/** The same in a view with conversations. */
export function gotoActions(sources: GotoSources): GotoActions {
  const { model, id, chosen, placed, reveal, print, linkOf = (link) => link, now } = sources;
  return {
    goTo: async (typed, place) => {
      if (looksLikeLink(typed)) {
        const link = parsePermalink(typed);
        if (link === undefined) return err(linkFaults['no-link']);
        const found = await model.goToLink(link);
        if (!found.ok) return found;
        reveal(found.value.id, found.value.key);
        return ok(undefined);
      }
      const at = parseMoment(typed, now());
      if (at === undefined) return err(linkFaults['no-moment']);
      const where = place === undefined ? id : placed(place);
      if (where === undefined) return err(`There is no conversation ${place ?? ''}.`);
      const key = await model.goTo(where, { at });
      if (key === undefined) return ok(nothingSince);
      reveal(where, key);
      const entries = model.entries(where);
      const said = entries.at(entries.indexFrom(key))?.at ?? at;
      return ok(`from ${formatDay(said)}, ${formatTime(said)} on`);
    },
    permalink: async () => {
      const key = chosen ?? lastMessage(sources);
      if (key === undefined) return err('There is no message here.');
      const link = await model.permalink(id, key);
      if (!link.ok) return link;
      print(linkOf(link.value));
      return ok(undefined);
    },
  };
}

/** So many of the last items are looked through. */
const maxLooked = 500;

function lastMessage({ model, id }: Pick<GotoSources, 'model' | 'id'>): number | undefined {
  const items = model.entries(id);
  for (let back = 1; back <= Math.min(maxLooked, items.length); back++) {
    const item = items.at(items.length - back);
    if (item?.kind === 'message' && item.seq !== undefined) return item.key;
  }
  return undefined;
}
