// Fetches what is needed to enter a sealed group: its roster, a tree, and the commits since. One fetch at a time. What
// the server says is only gathered here; encryption/group/entry.ts holds all of it against the signatures.

import { decodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes } from '../../../lib/bytes.ts';
import type { ExtendedEvent, ExtendedEventOf, RosterItem } from '../../../wire/extended/events.ts';
import { maxTreeParts } from '../../../wire/extended/fields.ts';
import { formatPlace } from '../../../wire/extended/names.ts';
import { maxHistoryPage } from '../../../wire/extended/requests.ts';
import type { EntryMaterial } from '../../encryption/group/entry.ts';
import type { PendingRequests } from '../../pending-requests.ts';
import type { Conversation } from '../conversations.ts';
import { maxCommitLines, maxRosterItems } from '../limits.ts';

type Said = ExtendedEventOf<'MSG'>;

/** Gathering what one fetch brings. */
interface Gathering {
  readonly conversation: Conversation;
  readonly items: RosterItem[];
  readonly parts: { readonly at: number; readonly bytes: Uint8Array }[];
  readonly lines: Map<number, Said>;
  takesLines: boolean;
}

export class GroupMaterial {
  #gathering: Gathering | undefined;

  /** A part of an answer; anything else is ignored. Answers whether it is nothing else than that. */
  receive(event: ExtendedEvent): boolean {
    const gathering = this.#gathering;
    if (gathering === undefined) return false;
    if (event.verb === 'ROSTER' && event.in === gathering.conversation.name) {
      if (gathering.items.length + event.items.length <= maxRosterItems) {
        gathering.items.push(...event.items);
      }
    } else if (event.verb === 'TREE_PART' && event.in === gathering.conversation.name) {
      const bytes = decodeBase64url(event.bytes);
      if (bytes !== undefined && gathering.parts.length < maxTreeParts) {
        gathering.parts.push({ at: event.at, bytes });
      }
    } else if (event.verb === 'MSG' && gathering.takesLines) {
      this.#line(gathering, event);
      // Of a group that this account is in they may be live ones, which wait for their place.
      return event.in === gathering.conversation.name && !gathering.conversation.isIn;
    }
    return false;
  }

  #line({ conversation, lines }: Gathering, said: Said): void {
    const { seq, kind, records, out } = said;
    const isAboutGroup = kind !== undefined || records !== undefined || out !== undefined;
    if (said.in !== conversation.name || seq === undefined || !isAboutGroup) return;
    if (lines.size < maxCommitLines) lines.set(seq, said);
  }

  /** All of it; undefined where the server does not give it now. */
  async fetch(
    requests: PendingRequests,
    conversation: Conversation,
  ): Promise<EntryMaterial | undefined> {
    const gathering: Gathering = {
      conversation,
      items: [],
      parts: [],
      lines: new Map(),
      takesLines: false,
    };
    this.#gathering = gathering;
    try {
      return await this.#fetch(requests, gathering);
    } finally {
      if (this.#gathering === gathering) this.#gathering = undefined;
    }
  }

  async #fetch(
    requests: PendingRequests,
    gathering: Gathering,
  ): Promise<EntryMaterial | undefined> {
    const place = formatPlace(gathering.conversation.place);
    const told = await requests.asking('GROUP', { in: place, want: 'roster' });
    if (!told.ok) return undefined;
    const group = await requests.asking('GROUP', { in: place, want: 'tree' });
    const at = gathering.parts[0]?.at;
    if (!group.ok || at === undefined) return undefined;
    gathering.takesLines = true;
    for (let after = at; ;) {
      const page = await requests.asking('COMMITS', { in: place, after, limit: maxHistoryPage });
      if (!page.ok) return undefined;
      const last = Math.max(after, ...gathering.lines.keys());
      if (!page.value.more || last <= after) break;
      after = last;
    }
    const infos = group.value.infos.map(({ at: behind, info }) => ({
      at: behind,
      info: decodeBase64url(info) ?? new Uint8Array(),
    }));
    const lines = [...gathering.lines]
      .filter(([seq]) => seq > at)
      .sort(([one], [other]) => one - other)
      .map(([, said]) => said);
    const bytes = concatBytes(
      ...gathering.parts.filter((part) => part.at === at).map((part) => part.bytes),
    );
    const { items } = gathering;
    return { items, tree: { at, bytes }, lines, infos, lastOut: group.value.lastOut };
  }
}
