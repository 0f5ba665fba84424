// A whole client in a page, without a view: what it hears is remembered for the test.
import { ChatClient } from '../../../src/client/chat-client.ts';
import type { ClientEvent } from '../../../src/client/client-event.ts';
import type { WebAddress } from '../../../src/client/connection/server-address.ts';
import { textOf } from '../../../src/client/content.ts';
import { accountPorts, type BrowserLogin } from '../../../src/platform/browser/client-ports.ts';
import type { Username } from '../../../src/wire/text.ts';
import { offer } from './objects.ts';

interface Client {
  readonly login: BrowserLogin;
  readonly chat: ChatClient;
}

let client: Client | undefined;
let asked = 0;
const heard: string[] = [];

function hear(event: ClientEvent): void {
  if (event.type === 'state') heard.push(event.state.phase);
  if (event.type === 'message') {
    const { place, from, content, encrypted } = event.message;
    heard.push(`${place} ${encrypted ? 'sealed' : 'open'} ${from}: ${textOf(content)}`);
  }
  if (event.type === 'own')
    heard.push(`own ${event.message.state}: ${textOf(event.message.content)}`);
}

/** Logs in. Gives whether another tab has the account. */
async function start(username: Username, address: WebAddress): Promise<boolean> {
  const login = await accountPorts(username, { address }, undefined);
  login.tab.onAsked(() => {
    asked += 1;
    void client?.chat.quit();
  });
  const settings = { address, username, account: login.account, reconnects: true };
  client = { login, chat: new ChatClient(settings, login.ports, hear) };
  return login.busy;
}

function current(): Client {
  if (client === undefined) throw new Error('no client has been started');
  return client;
}

offer({
  start,
  heard: () => [...heard],
  asked: () => asked,
  say: (text: string) => current().chat.broadcast(text).ok,
  sayTo: (user: string, text: string) => current().chat.privateMessage(user, text).ok,
  quit: () => current().chat.quit(),
  takeOver: () => current().login.tab.takeOver(),
  /** Resolves when no tab has it. */
  isFree: (name: string) => navigator.locks.request(name, () => true),
  deviceKey: () => current().login.ports.device.publicKey,
  texts: async (conversation: 'lobby') => {
    const { keeping } = current().login.ports;
    const found = await keeping?.store.history(conversation as never, undefined, 100);
    return found?.map(({ content }) => textOf(content));
  },
  /** Whether the browser gives the device's key away, and what it says. */
  exportKey: async (name: string) => {
    const opened = indexedDB.open(name);
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const found = opened.result.transaction('things').objectStore('things').get('device');
    await new Promise((resolve) => (found.onsuccess = resolve));
    const { kind, privateKey } = found.result as {
      readonly kind: string;
      readonly privateKey: CryptoKey;
    };
    opened.result.close();
    const outcome = await crypto.subtle.exportKey('pkcs8', privateKey).then(
      () => 'given away',
      (error: unknown) => (error instanceof Error ? error.name : 'no'),
    );
    return [kind, privateKey.extractable, outcome];
  },
});
