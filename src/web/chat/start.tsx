// From a name to a chat on the page: opens what the browser keeps, and begins to connect; or makes the browser a device of
// an account that has others, before that. Loaded after the first frame.

import { signal } from '@preact/signals';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { serverKeyOf } from '../../client/connection/server-address.ts';
import { Joining, type JoiningStage } from '../../client/linking/joining.ts';
import { joiningWords } from '../../client/wording/joining-words.ts';
import { invariant } from '../../lib/invariant.ts';
import {
  accountPorts,
  addressOfPage,
  type BrowserLogin,
} from '../../platform/browser/client-ports.ts';
import type { Username } from '../../wire/text.ts';
import { JoiningView } from '../entry/joining-view.tsx';
import { rememberName } from '../entry/remembered.ts';
import { ChatScreen } from './chat-screen.tsx';
import { capital, closeWords } from './close-words.ts';
import { Session } from './session.ts';
import { watchPage } from './watch-page.ts';

export interface ChatWishes {
  readonly name: Username;
  readonly invite: string | undefined;
  /** The name is of an account with other devices, and this browser is to be one of them. */
  readonly joins: boolean;
  /** The first login has not worked, and why. */
  readonly refused: (why: string) => void;
}

export interface ChatStart {
  readonly Screen: () => preact.JSX.Element;
}

/** Rejects with an error for people where the browser cannot keep what a device needs. */
export async function startChat(wishes: ChatWishes): Promise<ChatStart> {
  const address = addressOfPage(location);
  const login = await accountPorts(wishes.name, { address }, wishes.invite);
  return wishes.joins ? join(wishes, address, login) : begin(wishes, address, login);
}

async function begin(
  { name, refused }: ChatWishes,
  address: ServerAddress,
  login: BrowserLogin,
): Promise<ChatStart> {
  const session: Session = new Session({
    me: name,
    address,
    login,
    drafts: await login.ports.drafts(),
    entered: () => rememberName(name),
    closed: (reason, wasIn) => {
      if (!wasIn && login.account?.isKnown !== true) refused(closeWords(reason, address));
    },
  });
  // Another tab wants to have the account's data.
  login.tab.onAsked(() => void session.leave());
  watchPage(session);
  return { Screen: () => <ChatScreen session={session} /> };
}

/** Shows the code and the digits, and then the chat. */
function join(wishes: ChatWishes, address: ServerAddress, login: BrowserLogin): ChatStart {
  const { account, ports } = login;
  const { linkingCiphers: ciphers, sha256 } = ports;
  invariant(
    account !== undefined && ciphers !== undefined && sha256 !== undefined,
    'a browser has them',
  );
  const stage = signal<JoiningStage>({ phase: 'connecting' });
  const chat = signal<ChatStart | undefined>(undefined);
  const failed = (why: string): void => {
    login.tab.release();
    wishes.refused(`${capital(why)}.`);
  };
  const joining = new Joining({
    address,
    meetsAs: wishes.name,
    wish: account,
    form: 'web',
    label: location.host,
    ciphers,
    ports: { ...ports, sha256 },
    disk: {
      // The browser has it for that name already.
      keep: async (of) => (of === wishes.name ? undefined : 'other-account'),
      joined: async (name, { chain, links }) => {
        await ports.pins.putChain(name, { chain, links, accepted: links.length });
        await ports.knownServers.rememberCame(serverKeyOf(address), name, 'account');
      },
      letGo: async () => {},
    },
    changed: (now) => {
      stage.value = now;
      if (now.phase === 'failed') failed(joiningWords(now.failure, address));
      if (now.phase === 'joined') void joined();
    },
  });
  const joined = async (): Promise<void> => {
    chat.value = await begin(wishes, address, login);
  };
  return {
    Screen: () => {
      const ready = chat.value;
      if (ready !== undefined) return <ready.Screen />;
      return <JoiningView stage={stage.value} name={wishes.name} leave={() => joining.leave()} />;
    },
  };
}
