// A server is put back to before a device was linked: the device brings the links that say so itself.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { serverKeyOf } from '../../src/client/connection/server-address.ts';
import { expectAdded, firstLogin } from '../../src/client/linking/first-login.ts';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { openDevice, storeDevice } from '../../src/platform/node/device-file.ts';
import { keepJoined } from '../../src/platform/node/joined.ts';
import { joiningPorts } from '../../src/platform/node/joining.ts';
import { openKnownServers } from '../../src/platform/node/known-servers.ts';
import { readServerAddress } from '../../src/platform/node/server-address.ts';
import { parseUsername } from '../../src/wire/text.ts';
import { logIn } from '../support/extended-client.ts';
import { deviceOf, startDevice, type OwnDevice } from '../support/own-devices.ts';
import { suite } from '../support/pair.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import type { Scope } from '../support/scope.ts';
import { Somebody } from '../support/statements.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

function addressOf({ host, port }: Listener) {
  const address = readServerAddress(`${host}:${port}`);
  assert.ok(address.ok);
  return address.value;
}

/** A server that was put back to before alice's laptop was linked. `meanwhile`: what the laptop does in the lost time. */
async function putBackBeforeLaptop(
  t: Scope,
  meanwhile: (at: Listener, home: string, alice: Somebody) => Promise<void>,
): Promise<{ readonly at: Listener; readonly home: string }> {
  const folder = await temporaryFolder(t);
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  const start = () => startServerProgram(t, { args: ['--data', data] });
  const alice = new Somebody('alice');
  const bring = async (at: Listener, count: number) => {
    const { secret, key } = alice.signer;
    const device = { key: secret, id: encodeBase64url(key) };
    const here = await logIn(t, at, 'alice', { device });
    for (const { bytes } of alice.links.slice(0, count)) {
      const { answer } = await here.ask('CHAIN', { link: encodeBase64url(bytes) });
      assert.equal(answer.verb, 'CHAINED', JSON.stringify(answer));
    }
    here.lines.socket.destroy();
  };
  const first = await start();
  await bring(first.plain, 1);
  await first.stop();
  await copyData(data, copy);

  const laptop = alice.adds('laptop');
  const home = await temporaryFolder(t);
  await storeDevice(home, 'alice', await deviceOf(laptop.signer));
  const lost = await start();
  await bring(lost.plain, 2);
  await meanwhile(lost.plain, home, alice);
  await lost.stop();
  await rm(data, { recursive: true });
  await copyData(copy, data);

  // The same server at the same address, but for the port of the test.
  const servers = openKnownServers(home);
  const identity = await servers.identityOf(serverKeyOf(addressOf(lost.plain)));
  const back = await start();
  assert.ok(identity);
  await servers.rememberIdentity(serverKeyOf(addressOf(back.plain)), identity);
  return { at: back.plain, home };
}

async function knowsBoth({ client }: OwnDevice): Promise<void> {
  const knows = async () => (await client.devices.own()).devices?.length === 2;
  await eventually(knows, 'the laptop knows both');
}

test('[12.3] a server that was put back to before a device was linked lets it in by the links that it brings', async (t) => {
  const { at, home } = await putBackBeforeLaptop(t, async (before, data) => {
    const laptop = await startDevice(t, before, 'alice', data);
    await knowsBoth(laptop);
    await laptop.quit();
  });
  const again = await startDevice(t, at, 'alice', home);
  assert.equal(again.client.as, 'account');
  await knowsBoth(again);
  await again.quit();
});

test('[12.3] so it does where the device was linked, and nobody had chatted on it before the server was put back', async (t) => {
  const { at, home } = await putBackBeforeLaptop(t, async (before, data, alice) => {
    const name = parseUsername('alice');
    const [root] = alice.links;
    assert.ok(name !== undefined && root !== undefined);
    const device = await openDevice(suite, data, name);
    const ports = joiningPorts(data, suite);
    const server = addressOf(before);
    const told = expectAdded({ account: name, root: root.hash }, device.publicKey);
    const joined = await firstLogin(server, told, { suite, device }, ports);
    assert.ok(joined.ok);
    await keepJoined({ server, data }, name, joined.value, ports);
  });
  const first = await startDevice(t, at, 'alice', home);
  assert.equal(first.client.as, 'account');
  await knowsBoth(first);
  await first.quit();
});
