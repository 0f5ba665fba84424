// From a name to a chat on the page: shows what the browser keeps, and then loads the client and begins to connect; or
// makes the browser a device of an account that has others, before that. Loaded after the first frame.

import { signal } from '@preact/signals';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { StoredSource } from '../../client/timeline/stored-source.ts';
import { openAccountPlace, type AccountPlace } from '../../platform/browser/account-place.ts';
import { addressOfPage } from '../../platform/browser/address.ts';
import { openDrafts } from '../../platform/browser/store/drafts.ts';
import { noHistory, openStoredHistory } from '../../platform/browser/store/stored-history.ts';
import type { Username } from '../../wire/text.ts';
import type { EntryWay } from '../entry/entry.tsx';
import { rememberName } from '../entry/remembered.ts';
import { ChatScreen } from './chat-screen.tsx';
import { Session } from './session.ts';
import { watchPage } from './watch-page.ts';

export interface ChatWishes {
  readonly name: Username;
  readonly invite: string | undefined;
  readonly way: EntryWay;
  /** What this browser keeps gets a lock first. */
  readonly locks: boolean;
  /** The first login has not worked, and why. */
  readonly refused: (why: string) => void;
}

export interface ChatStart {
  readonly Screen: () => preact.JSX.Element;
}

/** Rejects with an error for people where the browser cannot keep what a device needs. */
export async function startChat(wishes: ChatWishes): Promise<ChatStart> {
  const address = addressOfPage(location);
  const place = await openAccountPlace(wishes.name, address);
  try {
    const isFree = place.lock === undefined && !wishes.locks;
    return await (isFree ? enter(wishes, address, place) : unlock(wishes, address, place));
  } catch (error) {
    place.tab.release();
    throw error;
  }
}

function enter(
  wishes: ChatWishes,
  address: ServerAddress,
  place: AccountPlace,
): Promise<ChatStart> {
  return wishes.way === 'enter' ? begin(wishes, address, place) : join(wishes, address, place);
}

/** Asks for what opens the lock of the store, and goes on with what is in it. */
async function unlock(
  wishes: ChatWishes,
  address: ServerAddress,
  place: AccountPlace,
): Promise<ChatStart> {
  const { UnlockScreen } = await import('../lock/unlock.tsx');
  const chat = signal<ChatStart | undefined>(undefined);
  const opened = async (unlocked: AccountPlace): Promise<void> => {
    chat.value = await enter(wishes, address, unlocked);
  };
  return {
    Screen: () => {
      const ready = chat.value;
      if (ready !== undefined) return <ready.Screen />;
      return <UnlockScreen name={wishes.name} place={place} opened={opened} />;
    },
  };
}

async function begin(
  { name, invite, refused }: ChatWishes,
  address: ServerAddress,
  place: AccountPlace,
): Promise<ChatStart> {
  const { tab, database } = place;
  // Another tab that has it may be far ahead of what is stored.
  const stored = tab.isHeld ? await openStoredHistory(database) : noHistory;
  const source = new StoredSource(name, stored);
  const session = new Session({
    me: name,
    address,
    source,
    place,
    drafts: await openDrafts(database),
  });
  // Another tab wants to have the account's data.
  tab.onAsked(() => void session.leave());
  watchPage(session);
  const connected = connect(session, place, { invite, refused });
  // Nothing can be read before.
  if (source.isEmpty) await connected;
  return { Screen: () => <ChatScreen session={session} /> };
}

/** The client, behind what can be read without it. */
async function connect(
  session: Session,
  place: AccountPlace,
  { invite, refused }: Pick<ChatWishes, 'invite' | 'refused'>,
): Promise<void> {
  const { me, source } = session.settings;
  try {
    if (!source.isEmpty) {
      await session.firstPage();
      void countUnread(session);
    }
    const { connect } = await import('./connect.ts');
    await connect(session, { place, invite, entered: () => rememberName(me), refused });
  } catch (error) {
    if (source.isEmpty) throw error;
    session.fail(error instanceof Error ? error.message : String(error));
  }
}

async function countUnread({ settings, model }: Session): Promise<void> {
  if (await settings.source.count()) model.refresh();
}

/** Shows what makes this browser a device of the account, and then the chat. */
async function join(
  wishes: ChatWishes,
  address: ServerAddress,
  place: AccountPlace,
): Promise<ChatStart> {
  const { name, refused, way } = wishes;
  const chat = signal<ChatStart | undefined>(undefined);
  const joined = async (): Promise<void> => {
    chat.value = await begin(wishes, address, place);
  };
  const wish = { name, address, place, refused, joined: () => void joined() };
  const Joining =
    way === 'recover'
      ? await (await import('../entry/recovering.tsx')).recovering(wish)
      : await (await import('../entry/joining.tsx')).join(wish);
  return {
    Screen: () => {
      const ready = chat.value;
      return ready === undefined ? <Joining /> : <ready.Screen />;
    },
  };
}
