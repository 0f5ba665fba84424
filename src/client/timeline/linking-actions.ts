// Links to messages of the timeline, and the way from a link to its message.
import type { ChatClient } from '../chat-client.ts';
import { bringMessage } from '../permalink/bring-message.ts';
import type { Permalink } from '../permalink/permalink.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { cannotAmend } from '../wording/cannot-amend.ts';
import { linkFaults } from '../wording/link-words.ts';
import type { ConversationId, GoToPlace } from './model.ts';
import type { Timeline } from './timeline.ts';

/** So many pages are fetched for a message that is further back than this device has. */
const maxPages = 50;

export class LinkingActions {
  readonly #client: ChatClient;
  readonly #timeline: Timeline;

  constructor(client: ChatClient, timeline: Timeline) {
    this.#client = client;
    this.#timeline = timeline;
  }

  async goTo(id: ConversationId, where: GoToPlace): Promise<number | undefined> {
    const kept = this.#timeline.book.get(id);
    if (kept === undefined) return undefined;
    const { messageIndex, log } = kept;
    if ('at' in where) {
      const { at } = where;
      if (messageIndex === undefined) return log.findSince(at)?.key;
      return this.#timeline.history.show(kept, (window) => window.since(at));
    }
    const { seq } = where;
    if (messageIndex === undefined) return log.findNumber(seq)?.key;
    const client = this.#client;
    const read = client.historyRange.bind(client);
    const record = await bringMessage(read, messageIndex.name, seq, maxPages);
    return record && this.#timeline.history.show(kept, (window) => window.reveal(record));
  }

  async linkTo(id: ConversationId, key: number): Promise<Result<string, string>> {
    const { links } = this.#client;
    const item = this.#timeline.itemAt(id, key);
    const name = this.#timeline.book.get(id)?.messageIndex?.name;
    if (links === undefined || name === undefined) return err(linkFaults.guest);
    if (item?.seq === undefined) return err(linkFaults['no-number']);
    const { seq, rowId } = item;
    const range = { kind: 'from', message: { rowId, seq } } as const;
    const [record] = await this.#client.historyRange(name, range, 1);
    if (record?.seq !== seq) return err(cannotAmend.gone);
    const made = await links.linkTo(record);
    return made.ok ? made : err(linkFaults[made.error]);
  }

  async goToLink(
    link: Permalink,
  ): Promise<Result<{ readonly id: ConversationId; readonly key: number }, string>> {
    const { links } = this.#client;
    if (links === undefined) return err(linkFaults.guest);
    const found = await links.find(link);
    if (!found.ok) return err(linkFaults[found.error]);
    const kept = this.#timeline.router.named(found.value.conversation);
    const key =
      kept && (await this.#timeline.history.show(kept, (window) => window.reveal(found.value)));
    return kept === undefined || key === undefined
      ? err(linkFaults['not-here'])
      : ok({ id: kept.id, key });
  }
}
