// The lines of a version 1 server, for each part of the client: events for the view, lines of private messages and
// files for those parts, lists for whoever asked. Sends nothing.

import { textContent } from './content.ts';
import { parseUserList } from '../wire/events.ts';
import { soft, success, type ParsedReply, type SoftCode } from '../wire/replies.ts';
import type { Username } from '../wire/text.ts';
import type { ClientEventSink, Reply } from './client-event.ts';
import type { LoginFiles } from './login-files.ts';
import type { GuestBlocks } from './guest-blocks.ts';
import type { People } from './people.ts';
import type { LiveMessages } from './live-messages.ts';
import type { ServerEvent } from './connection/server-link.ts';
import type { UserLists } from './user-lists.ts';

export interface V1LinesPorts {
  readonly sink: ClientEventSink;
  readonly people: People;
  readonly userLists: UserLists;
  /** Those of the current login. */
  readonly liveMessages: () => LiveMessages | undefined;
  readonly files: () => LoginFiles | undefined;
  readonly blocks: GuestBlocks;
}

export class V1Lines {
  readonly #ports: V1LinesPorts;

  constructor(ports: V1LinesPorts) {
    this.#ports = ports;
  }

  /** Handles a line of version 1. */
  receive(event: ServerEvent): void {
    if (this.#ports.blocks.drops(event)) return;
    switch (event.verb) {
      case 'BCST':
        this.#message('lobby', event.from, event.text);
        return;
      case 'GROUP_MESSAGE':
        if (event.from === undefined) this.#ports.sink({ type: 'group-notice', text: event.text });
        else this.#message('group', event.from, event.text);
        return;
      case '+OK':
        if (event.confirmed.of === 'BCST')
          this.#ports.sink({
            type: 'broadcast-sent',
            content: textContent(event.confirmed.text),
          });
        if (event.confirmed.of === 'QUIT') this.#ports.sink({ type: 'goodbye' });
        return;
      case '+SUCCESS':
        this.#succeeded(event.text);
        return;
      case '-SOFT_ERR':
        this.#refused(replyOf(soft.parse(event.text), event.text));
        return;
      case 'PM':
      case 'REQUEST_PUBLIC_KEY':
      case 'PUBLIC_KEY':
        this.saw(event.from);
        this.#ports.liveMessages()?.receive(event);
        return;
      case 'FILE_TRANS':
      case 'READY_FOR_FILE':
      case 'OPEN_PORT_TO_RECEIVE':
        this.#ports.files()?.receive(event);
        return;
      // A second greeting says nothing new.
      case 'HELO':
    }
  }

  #message(place: 'lobby' | 'group', from: Username, text: string): void {
    this.saw(from);
    const content = textContent(text);
    this.#ports.sink({ type: 'message', message: { place, from, content, encrypted: false } });
  }

  /** Something came from `user`. */
  saw(user: Username): void {
    this.#ports.people.saw(user);
    this.#ports.files()?.heardFrom(user);
  }

  #refused(reply: Reply<SoftCode>): void {
    // A refusal of the client's own requests is not about something that the person did.
    const isOwn = this.#ports.files()?.refused(reply.code) ?? false;
    if (!isOwn) this.#ports.sink({ type: 'refused', reply });
    if (reply.code === 'no-such-user') this.#ports.liveMessages()?.noSuchUser();
  }

  #succeeded(text: string): void {
    const names = parseUserList(text);
    if (names !== undefined) {
      for (const name of names) this.#ports.people.saw(name);
      this.#ports.files()?.listed(names);
      if (this.#ports.userLists.answered() === 'client') this.#ports.liveMessages()?.listed(names);
      else this.#ports.sink({ type: 'users', names });
    } else this.#ports.sink({ type: 'success', reply: replyOf(success.parse(text), text) });
  }
}

function replyOf<Code extends string>(
  parsed: ParsedReply<Code> | undefined,
  text: string,
): Reply<Code> {
  return { code: parsed?.code, values: parsed?.values ?? {}, text };
}
