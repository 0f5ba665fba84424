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
import { sizeOfLine } from '../inbox/catch-up.ts';
import { maxCommitLines, maxMaterialSize, maxRosterItems } from '../limits.ts';

type Said = ExtendedEventOf<'MSG'>;

/** Gathering what one fetch brings. */
interface Gathering {
  readonly conversation: Conversation;
  readonly items: RosterItem[];
  readonly parts: { readonly at: number; readonly bytes: Uint8Array }[];
  readonly lines: Map<number, Said>;
  takesLines: boolean;
  /** What may still come, in characters. */
  room: number;
}

/** What one fetch has brought. */
export interface FetchedMaterial {
  readonly material: EntryMaterial;
  /** Behind which commits there are other trees, the latest first: a member may have left a false one. */
  readonly otherTrees: readonly number[];
}

export class GroupMaterial {
  #gathering: Gathering | undefined;

  /** A part of an answer; anything else is ignored. Answers whether it is nothing else than that. */
  receive(event: ExtendedEvent): boolean {
    const gathering = this.#gathering;
    if (gathering === undefined) return false;
    const size = sizeOf(event);
    if (gathering.room < size) return false;
    gathering.room -= size;
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

  /** All of it, with the latest tree or the one behind the commit `at`; undefined where the server does not give it now. */
  async fetch(
    requests: PendingRequests,
    conversation: Conversation,
    at?: number,
  ): Promise<FetchedMaterial | undefined> {
    const gathering: Gathering = {
      conversation,
      items: [],
      parts: [],
      lines: new Map(),
      takesLines: false,
      room: maxMaterialSize,
    };
    this.#gathering = gathering;
    try {
      return await this.#fetch(requests, gathering, at);
    } finally {
      if (this.#gathering === gathering) this.#gathering = undefined;
    }
  }

  async #fetch(
    requests: PendingRequests,
    gathering: Gathering,
    wanted: number | undefined,
  ): Promise<FetchedMaterial | undefined> {
    const place = formatPlace(gathering.conversation.place);
    const told = await requests.asking('GROUP', { in: place, want: 'roster' });
    if (!told.ok) return undefined;
    const group = await requests.asking('GROUP', { in: place, want: 'tree', at: wanted });
    const at = gathering.parts[0]?.at;
    if (!group.ok || at === undefined) return undefined;
    gathering.takesLines = true;
    // From the tree's own line on, which has its GroupInfo.
    for (let after = Math.max(0, at - 1); ;) {
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
      .filter(([seq]) => seq >= at)
      .sort(([one], [other]) => one - other)
      .map(([, said]) => said);
    const bytes = concatBytes(
      ...gathering.parts.filter((part) => part.at === at).map((part) => part.bytes),
    );
    const { items } = gathering;
    const { lastOut, trees } = group.value;
    const material = { items, tree: { at, bytes }, lines, infos, lastOut };
    // The latest one comes unasked; by its number the server gives out the other one behind that commit.
    const others = trees.slice(trees[0]?.at === at ? 1 : 0).map((tree) => tree.at);
    return { material, otherTrees: [...new Set(others)].filter((other) => other !== wanted) };
  }
}

/** What of an event is kept in memory, in characters. */
function sizeOf(event: ExtendedEvent): number {
  if (event.verb === 'TREE_PART') return event.bytes.length;
  if (event.verb === 'ROSTER') return JSON.stringify(event.items).length;
  return event.verb === 'MSG' ? sizeOfLine(event) : 0;
}
