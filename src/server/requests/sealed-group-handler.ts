// GROUP and COMMITS: what the store has of a sealed group, for those who enter it and for those who were away. Sends one
// answer per connection at a time, and only when the client has read most of the earlier output (when-read.ts).

import type { SealedView } from '../../hub/groups/sealed/sealed-view.ts';
import type { Store } from '../../hub/store-port.ts';
import { formatExtendedEvent, type RosterItem } from '../../wire/extended/events.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { Clock } from '../clock.ts';
import type { Transport } from '../transport/transport.ts';
import { whenRead } from './when-read.ts';

/** Lines of an answer to COMMITS, where the client does not say, and its bytes: a page of long lines ends earlier. */
const defaultLimit = 100;
const maxPageBytes = 256 * 1024;

/** A ROSTER event ends with the item that reaches this. */
const maxRosterBytes = 48 * 1024;

/** What flood control counts for an answer, in bytes: known before the answer is. */
const costs = { info: 4096, roster: 64 * 1024, tree: 256 * 1024, COMMITS: 100 * 1024 } as const;

type SealedStore = Pick<Store, 'readGroupLines' | 'readRoster' | 'readGroupInfos' | 'readTree'>;

type TransportOf = () => Transport | undefined;

export class SealedGroupHandler {
  readonly #store: SealedStore;
  readonly #clock: Clock;

  constructor(store: SealedStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  cost(request: RequestOf<'GROUP'> | RequestOf<'COMMITS'>): number {
    return request.verb === 'COMMITS' ? costs.COMMITS : costs[request.want];
  }

  /** The lines of the answer to GROUP; undefined where there is no such tree. Rejects with a StoreError. */
  async describe(
    request: RequestOf<'GROUP'>,
    view: SealedView,
    transport: TransportOf,
  ): Promise<string | undefined> {
    await whenRead(this.#clock, transport);
    const before = await this.#wanted(request, view);
    if (before === undefined) return undefined;
    const infos = await this.#store.readGroupInfos(view.log);
    const { label } = request;
    const { name, number, groupId, last, lastOut, head, trees } = view;
    return (
      before +
      formatExtendedEvent({
        verb: 'GROUP',
        label,
        in: name,
        log: number,
        groupId,
        last,
        lastOut,
        head,
        infos: infos.map(({ at, by, info }) => ({ at, by, info })),
        trees: trees.map(({ at, of }) => ({ at, of })),
      })
    );
  }

  async #wanted(request: RequestOf<'GROUP'>, view: SealedView): Promise<string | undefined> {
    switch (request.want) {
      case 'info':
        return '';
      case 'roster':
        return this.#roster(request, view);
      case 'tree':
        return this.#tree(request, view);
    }
  }

  async #roster({ label }: RequestOf<'GROUP'>, { log, name }: SealedView): Promise<string> {
    let lines = '';
    let items: RosterItem[] = [];
    let bytes = 0;
    const flush = () => {
      if (items.length > 0)
        lines += formatExtendedEvent({ verb: 'ROSTER', label, in: name, items });
      items = [];
      bytes = 0;
    };
    for (const item of await this.#store.readRoster(log)) {
      items.push(item);
      bytes += JSON.stringify(item).length;
      if (bytes >= maxRosterBytes) flush();
    }
    flush();
    return lines;
  }

  async #tree(
    { label, at: wanted }: RequestOf<'GROUP'>,
    { log, name, trees }: SealedView,
  ): Promise<string | undefined> {
    // Of two behind one commit the latest comes unasked, and the other one by its number.
    const tree = wanted === undefined ? trees[0] : trees.findLast(({ at }) => at === wanted);
    if (tree === undefined) return undefined;
    const { at, of } = tree;
    const parts = await this.#store.readTree(log, tree.tree);
    if (parts.length !== of) return undefined;
    return parts
      .map((bytes, index) =>
        formatExtendedEvent({ verb: 'TREE_PART', label, in: name, at, n: index + 1, of, bytes }),
      )
      .join('');
  }

  /** The lines of the answer to COMMITS. Rejects with a StoreError. */
  async commits(
    { label, after, limit = defaultLimit }: RequestOf<'COMMITS'>,
    { log, name, number }: SealedView,
    transport: TransportOf,
  ): Promise<string> {
    await whenRead(this.#clock, transport);
    const {
      lines,
      damaged: gone,
      more,
    } = await this.#store.readGroupLines(log, after, limit, maxPageBytes);
    const damaged = gone.length === 0 ? undefined : gone.map((seq): [number, number] => [seq, seq]);
    const end = { label, in: name, log: number, count: lines.length, more, damaged };
    return lines.join('') + formatExtendedEvent({ verb: 'HISTORY_END', ...end });
  }
}
