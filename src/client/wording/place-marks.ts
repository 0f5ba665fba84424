// The mark before a row that says where it belongs: what one would type to answer there (place-words.ts). There is no
// mark if the server is of version 1, whose rows know no place, or if the person wants the rows of version 1.

import type { ClientEvent, ReceivedMessage } from '../client-event.ts';
import type { ClientState } from '../client-state.ts';
import type { ConversationName, Place } from '../../wire/extended/names.ts';
import { membershipOf } from '../membership.ts';
import { conversationMark, placeMark } from './place-words.ts';

/** The marks of rows. */
export interface Marks {
  ofMessage(message: ReceivedMessage): string;
  /** `encrypted`: of what was said, which a mark of a group tells. */
  ofPlace(place: Place, encrypted?: boolean): string;
  ofPerson(name: string): string;
  ofGroup(name: string | undefined): string;
  ofConversation(name: ConversationName, encrypted?: boolean): string;
}

/** For a group that the server does not name. No group has that name. */
const someGroup = '@@? ';

export const noMarks: Marks = {
  ofMessage: () => '',
  ofPlace: () => '',
  ofPerson: () => '',
  ofGroup: () => '',
  ofConversation: () => '',
};

export class PlaceMarks implements Marks {
  readonly #me: string;
  readonly #isWanted: boolean;
  #isOn = false;
  #wasIn = false;
  /** The groups of a guest, who is not told to which group a message belongs. */
  readonly #groups = new Set<string>();

  constructor(me: string, isWanted: boolean) {
    this.#me = me;
    this.#isWanted = isWanted;
  }

  /** Uses the client's events to learn about the server and a guest's groups. */
  receive(event: ClientEvent): void {
    if (event.type === 'state') this.#moved(event.state);
    const news = event.type === 'success' ? membershipOf(event.reply) : undefined;
    if (news?.isIn === true) this.#groups.add(news.group);
    else if (news !== undefined) this.#groups.delete(news.group);
  }

  #moved(state: ClientState): void {
    if (state.phase === 'open') {
      this.#isOn = this.#isWanted && state.features.size > 0;
      this.#wasIn = true;
      this.#groups.clear();
    }
    // Retrying before the first login (triesFromStart) happens only with an account.
    if (state.phase === 'waiting' && !this.#wasIn) this.#isOn = this.#isWanted;
  }

  ofMessage(message: ReceivedMessage): string {
    if (message.filed !== undefined) {
      return this.ofConversation(message.filed.conversation, message.encrypted);
    }
    switch (message.place) {
      case 'lobby':
        return '';
      case 'group':
        return this.ofGroup(message.group);
      case 'private':
        return this.ofPerson(message.from);
    }
  }

  ofPlace(place: Place, encrypted = false): string {
    return this.#isOn ? placeMark(place, encrypted) : '';
  }

  ofPerson(name: string): string {
    return this.#isOn ? `@${name} ` : '';
  }

  ofGroup(name: string | undefined): string {
    if (!this.#isOn) return '';
    const [only] = this.#groups;
    const group = name ?? (this.#groups.size === 1 ? only : undefined);
    return group === undefined ? someGroup : `@@${group} `;
  }

  ofConversation(name: ConversationName, encrypted = false): string {
    return this.#isOn ? conversationMark(name, this.#me, encrypted) : '';
  }
}
