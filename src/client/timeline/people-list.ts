// The people of a conversation as they are shown: online ones first, by name. Cached until people change, because a
// frame is drawn far more often, and a lobby may have thousands.

import { lobbyGroup } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { TimelineConversation } from './conversation-book.ts';
import type { RosterPerson } from './model.ts';
import { roleIn, type ShownPresence } from './presence.ts';

export class PeopleList {
  readonly #me: string;
  readonly #here: ShownPresence;
  readonly #verified: ReadonlySet<string>;
  #last: { readonly key: string; readonly people: readonly RosterPerson[] } | undefined;

  constructor(me: string, here: ShownPresence, verified: ReadonlySet<string>) {
    this.#me = me;
    this.#here = here;
    this.#verified = verified;
  }

  /** The people of `kept`. `isOpen`: this person is connected. */
  of(kept: TimelineConversation, isOpen: boolean): readonly RosterPerson[] {
    // Requested each time: that makes the client ask the server if nobody knows yet.
    const group = groupOf(kept);
    const members = group === undefined ? undefined : this.#here.membersOf(group);
    const isPublic = kept.kind === 'lobby' && group === undefined;
    const areTold = isPublic ? this.#here.isTold : members !== undefined;
    const key = `${kept.id} ${this.#here.version} ${String(isOpen)} ${String(kept.isLeft)}`;
    if (areTold && this.#last?.key === key) return this.#last.people;
    const isIn = kept.kind !== 'group' || !kept.isLeft;
    const named = isIn ? this.#namesIn(kept, members?.people.keys()) : [];
    const names = new Set(isIn ? [...named, this.#me] : named);
    const people = [...names]
      .map((name): RosterPerson => {
        const isMe = name === this.#me;
        const inGroup = members?.people.get(name as Username)?.online;
        return {
          name,
          isMe,
          isHere: isMe ? isOpen : (inGroup ?? this.#here.isHere(name) ?? false),
          isVerified: this.#verified.has(name),
          role: members && roleIn(members, name),
        };
      })
      .map((person) => ({ person, folded: person.name.toLowerCase() }))
      .sort(
        (one, other) =>
          Number(other.person.isHere) - Number(one.person.isHere) ||
          (one.folded < other.folded ? -1 : 1),
      )
      .map(({ person }) => person);
    this.#last = { key, people };
    return people;
  }

  #namesIn(kept: TimelineConversation, members: Iterable<string> | undefined): readonly string[] {
    switch (kept.kind) {
      case 'lobby':
        if (members !== undefined) return [...members];
        // If the server does not report presence, people who have written are known besides its last list.
        return this.#here.isTold ? [...this.#here.names] : [...this.#here.names, ...kept.speakers];
      case 'group':
        return [...(members ?? kept.speakers)];
      case 'person':
        return [kept.name];
    }
  }
}

/** The group whose members are the people of a conversation. The lobby is one where it is sealed. */
function groupOf({ kind, name, isLeft, protection }: TimelineConversation): string | undefined {
  if (kind === 'lobby') return protection === 'sealed' ? lobbyGroup : undefined;
  return kind === 'group' && !isLeft ? name : undefined;
}
