// Programs on the public library at a real server, for tests of sealed groups: what each has heard, in order, and what it
// was told.
import type { TestContext } from 'node:test';
import type { Chat } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import type { Listener } from './program.ts';
import { temporaryFolder } from './temporary.ts';
import { eventually } from './time-limit.ts';

export interface SealedChat {
  readonly name: string;
  readonly data: string;
  readonly chat: Chat;
  /** Texts of others in their order, `#group name: text`. */
  readonly heard: readonly string[];
  /** What was said about the conversations themselves, in sentences. */
  readonly told: readonly string[];
  /** Waits until `text` was heard. */
  hears(text: string): Promise<void>;
  /** Waits until a sentence matches. */
  isTold(pattern: RegExp): Promise<void>;
  /** Waits until there is a connection. */
  isOnline(): Promise<void>;
  /** Says something, and waits until the server has it. */
  says(place: string, text: string): Promise<void>;
}

/** Comes to the server, again if `data` is a folder of before. */
export async function comes(
  t: TestContext,
  server: Listener,
  name: string,
  data?: string,
): Promise<SealedChat> {
  const folder = data ?? (await temporaryFolder(t));
  const chat = await connect({ server: `${server.host}:${server.port}`, name, data: folder });
  t.after(() => chat.close());
  const heard: string[] = [];
  const told: string[] = [];
  chat.on('event', (event) => {
    if (event.type === 'group-notice' || event.type === 'log-restarted') told.push(event.text);
    if (event.type === 'restored') told.push('restored from a copy');
    if (event.type === 'twin') told.push('another program uses a copy');
  });
  chat.on('message', ({ place, from, text }) => heard.push(`${place} ${from}: ${text}`));
  const all = () => `${name} heard:\n${heard.join('\n')}\nand was told:\n${told.join('\n')}`;
  return {
    name,
    data: folder,
    chat,
    heard,
    told,
    hears: (text) => eventually(() => heard.includes(text), `"${text}" for ${name}`, all),
    isTold: (pattern) =>
      eventually(() => pattern.test(told.join('\n')), `${pattern} for ${name}`, all),
    isOnline: () => eventually(() => chat.state.phase === 'open', `a connection of ${name}`),
    says: async (place, text) => void (await chat.say(place, text).stored),
  };
}
