// Prints the state of a person's key once, before the first private text to or from them: the full screen shows it
// above the conversation, line mode has no such place. New or changed keys are reported where they are found
// (present-private.ts), and not again here.

import type { ClientEvent } from '../../client/client-event.ts';
import type { Devices } from '../../client/encryption/trust/devices.ts';
import { parseUsername } from '../../wire/text.ts';
import { notice, type PrintedLine } from '../../client/wording/printed-line.ts';

/** Strangers can write too. Beyond this many people it is printed again. */
const maxTold = 1_000;

export class KeyStandings {
  readonly #me: string;
  readonly #devices: Pick<Devices, 'of'>;
  readonly #told = new Set<string>();

  constructor(me: string, devices: Pick<Devices, 'of'>) {
    this.#me = me;
    this.#devices = devices;
  }

  /** The lines to print before a text to `name`. */
  async beforeTextTo(name: string): Promise<readonly PrintedLine[]> {
    const user = parseUsername(name);
    if (user === undefined || this.#told.has(user)) return [];
    // An unreadable key is reported where the text is encrypted.
    const peer = await this.#devices.of(user).catch(() => undefined);
    if (peer === undefined || peer.standing === 'changed') return [];
    return this.#notify(user, peer.standing === 'compared');
  }

  /** An event of the client. Returns the lines to print before it. */
  receive(event: ClientEvent): readonly PrintedLine[] {
    if (event.type === 'private') {
      const { type } = event.event;
      if (type === 'key-new' || type === 'key-changed') this.#note(event.event.user);
      return [];
    }
    if (event.type !== 'message') return [];
    const { message } = event;
    if (message.place !== 'private' || !message.encrypted || message.from === this.#me) return [];
    return message.key === 'changed' ? [] : this.#notify(message.from, message.key === 'verified');
  }

  #notify(name: string, isVerified: boolean): readonly PrintedLine[] {
    if (this.#told.has(name)) return [];
    this.#note(name);
    return [
      notice(
        isVerified
          ? `the key of ${name} is known here, and verified`
          : `the key of ${name} is known here, not verified yet: /verify @${name}`,
      ),
    ];
  }

  #note(name: string): void {
    if (this.#told.size >= maxTold) this.#told.clear();
    this.#told.add(name);
  }
}
