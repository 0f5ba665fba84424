// A server is put back to before a device was linked: the device brings the links that say so itself.
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { storeDevice } from '../../src/platform/node/device-file.ts';
import { logIn } from '../support/extended-client.ts';
import { deviceOf, startDevice } from '../support/own-devices.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { Somebody } from '../support/statements.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

test('[12.3] a server that was put back to before a device was linked lets it in by the links that it brings', async (t) => {
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
  await cp(data, copy, { recursive: true });

  const laptop = alice.adds('laptop');
  const home = await temporaryFolder(t);
  await storeDevice(home, 'alice', await deviceOf(laptop.signer));
  const lost = await start();
  await bring(lost.plain, 2);
  const before = await startDevice(t, lost.plain, 'alice', home);
  const knows = async () => (await before.client.devices.own()).devices?.length === 2;
  await eventually(knows, 'the laptop knows both');
  await before.quit();
  await lost.stop();
  await rm(data, { recursive: true });
  await cp(copy, data, { recursive: true });

  const back = await start();
  const again = await startDevice(t, back.plain, 'alice', home);
  assert.equal(again.client.as, 'account');
  await eventually(
    async () => (await again.client.devices.own()).devices?.length === 2,
    'both are there',
  );
  await again.quit();
});
