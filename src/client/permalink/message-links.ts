// The links of an account: made for messages that are here, and followed to the message, in whatever conversation it is.
import { noTargetId, targetIdOf } from '../amending/target.ts';
import type { ConversationView } from '../account/conversations.ts';
import type { HashSha256 } from '../ports.ts';
import type { HistoryRange, HistoryRecord, PlacedRecord } from '../store/store-port.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import { bringMessage } from './bring-message.ts';
import { formatPermalink, permalinkTo, serverOf, type Permalink } from './permalink.ts';

export interface MessageLinksPorts {
  readonly sha256: HashSha256;
  /** The server's identity. */
  readonly identity: () => Promise<Uint8Array | undefined>;
  readonly conversations: () => readonly ConversationView[];
  readonly historyRange: (
    name: ConversationName,
    range: HistoryRange,
    limit: number,
  ) => Promise<readonly PlacedRecord[]>;
}

/** Why a link cannot be made or followed. */
export type LinkFault = 'no-number' | 'no-identity' | 'other-server' | 'not-here';

/** For one link so many pages are fetched in all: whoever makes links up is not to have everything fetched. */
const maxPages = 50;

export class MessageLinks {
  readonly #ports: MessageLinksPorts;

  constructor(ports: MessageLinksPorts) {
    this.#ports = ports;
  }

  async linkTo(record: HistoryRecord): Promise<Result<string, LinkFault>> {
    const { conversation, seq } = record;
    if (seq === undefined) return err('no-number');
    const { identity, sha256 } = this.#ports;
    const server = await identity();
    if (server === undefined) return err('no-identity');
    const id = targetIdOf(record);
    return ok(
      formatPermalink(await permalinkTo(sha256, { identity: server, conversation, seq, id })),
    );
  }

  /** The message of a link. */
  async find(link: Permalink): Promise<Result<PlacedRecord, LinkFault>> {
    const { identity, conversations } = this.#ports;
    const server = await identity();
    if (server === undefined) return err('no-identity');
    if (serverOf(server) !== link.server) return err('other-server');
    const all = conversations().map(({ name }) => name);
    // What is here first: nothing is fetched for it.
    for (const pages of [0, maxPages]) {
      let left = pages;
      for (const name of all) {
        const read: MessageLinksPorts['historyRange'] = (...asked) => {
          if (asked[1].kind === 'before') left -= 1;
          return this.#ports.historyRange(...asked);
        };
        const record = await bringMessage(read, name, link.seq, left);
        if (record !== undefined && (await this.#isMeant(link, record, server))) return ok(record);
      }
    }
    return err('not-here');
  }

  async #isMeant({ seq, digest }: Permalink, record: PlacedRecord, identity: Uint8Array) {
    const { conversation, encrypted } = record;
    const id = targetIdOf(record);
    // Of what the server can read anyway not every device knows the id.
    for (const one of encrypted || id === noTargetId ? [id] : [id, noTargetId]) {
      const own = await permalinkTo(this.#ports.sha256, { identity, conversation, seq, id: one });
      if (own.digest === digest) return true;
    }
    return false;
  }
}
