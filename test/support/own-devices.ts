// An account with several devices at a real server: the client of each, with its data directory, in this process.
import assert from 'node:assert/strict';
import type { Scope } from './scope.ts';
import { ChatClient } from '../../src/client/chat-client.ts';
import type { ClientEvent } from '../../src/client/client-event.ts';
import type { Timers } from '../../src/client/ports.ts';
import type { ClientStore } from '../../src/client/store/store-port.ts';
import { createDevice, decodeDevice, encodeDevice, type Device } from '../../src/e2ee/device.ts';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { concatBytes } from '../../src/lib/bytes.ts';
import { accountPorts } from '../../src/platform/node/client-ports.ts';
import { openDevice, storeDevice } from '../../src/platform/node/device-file.ts';
import { readServerAddress } from '../../src/platform/node/server-address.ts';
import { parseUsername } from '../../src/wire/text.ts';
import { logIn } from './extended-client.ts';
import { suite } from './pair.ts';
import type { Listener } from './program.ts';
import { Somebody, type Signer } from './statements.ts';
import { temporaryFolder } from './temporary.ts';
import { eventually } from './time-limit.ts';

/** The device that has the key of `signer`. */
export async function deviceOf({ secret, key }: Signer): Promise<Device> {
  const { d = '' } = secret.export({ format: 'jwk' });
  const seed = new Uint8Array(Buffer.from(d, 'base64url'));
  const record = encodeDevice(await createDevice(suite));
  const head = record.subarray(0, record.length - 2 * seed.length);
  const device = await decodeDevice(suite, concatBytes(head, seed, key));
  assert.ok(device.ok);
  return device.value;
}

/** The data directories of `count` devices of one account, which the server knows. */
export async function linkedFolders(
  t: Scope,
  at: Listener,
  name: string,
  count: number,
): Promise<{ readonly folders: readonly string[]; readonly first: Somebody }> {
  const first = new Somebody(name);
  const devices = [first];
  for (let n = 2; n <= count; n++) devices.push(first.adds(`${name} ${n}`));
  const { secret, key } = first.signer;
  const here = await logIn(t, at, name, { device: { key: secret, id: encodeBase64url(key) } });
  for (const { bytes } of first.links) {
    const { answer } = await here.ask('CHAIN', { link: encodeBase64url(bytes) });
    assert.equal(answer.verb, 'CHAINED', JSON.stringify(answer));
  }
  here.lines.socket.destroy();
  const folders = await Promise.all(
    devices.map(async ({ signer }) => {
      const folder = await temporaryFolder(t);
      await storeDevice(folder, name, await deviceOf(signer));
      return folder;
    }),
  );
  return { folders, first };
}

export interface OwnDevice {
  readonly client: ChatClient;
  readonly key: Uint8Array;
  readonly events: readonly ClientEvent[];
  /** As `kill -9` would: nothing more is written, and the connection is gone. */
  kill(): Promise<void>;
  /** Resolves when another client may have the data directory. */
  quit(): Promise<void>;
}

/** Starts the client of `name` on the data directory `data`. `prepare` runs before its first login; `clock`: another one. */
export async function startDevice(
  t: Scope,
  at: Listener,
  name: string,
  data: string,
  prepare: (client: ChatClient) => void = () => {},
  clock: { readonly timers?: Timers } = {},
): Promise<OwnDevice> {
  const address = readServerAddress(`${at.host}:${at.port}`);
  const username = parseUsername(name);
  assert.ok(address.ok && username !== undefined);
  const place = { address: address.value, data, downloads: data, acceptUpTo: 0 };
  const { account, ports, busy } = await accountPorts(username, place, undefined);
  assert.ok(!busy && ports.keeping !== undefined);
  const { store, records } = ports.keeping;
  let isKilled = false;
  let isFree = false;
  const never = new Promise<never>(() => {});
  const disk: ClientStore = new Proxy(store, {
    get(target, property) {
      const found: unknown = Reflect.get(target, property);
      if (typeof found !== 'function') return found;
      return async (...args: unknown[]): Promise<unknown> => {
        if (isKilled) return never;
        const done: unknown = await Reflect.apply(found, target, args);
        if (property === 'close') isFree = true;
        return done;
      };
    },
  });
  const events: ClientEvent[] = [];
  const client = new ChatClient(
    { address: address.value, username, account, reconnects: true },
    { ...ports, ...clock, keeping: { store: disk, records, startsNow: false } },
    (event) => void events.push(event),
  );
  const isOver = () => client.state.phase === 'closed';
  const kill = async () => {
    if (isKilled || isOver()) return;
    isKilled = true;
    client.abort();
    await store.close();
  };
  t.after(kill);
  prepare(client);
  const { publicKey: key } = await openDevice(suite, data, name);
  await eventually(() => client.state.phase === 'open', `the login of ${name}`);
  const quit = async () => {
    await client.quit();
    await eventually(() => isOver() && isFree, `the end of a client of ${name}`);
  };
  return { client, key, events, kill, quit };
}
