// One writer cannot fill the server's disk with messages: refused with words, also after a restart, while others
// continue.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { soft } from '../../src/wire/replies.ts';
import { logIn } from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const long = 'x'.repeat(60_000);

/** The smallest possible quota: 17 or 18 long texts. */
const quota = '1048576';

test('a guest and an account that flood are refused with words, over a restart too; others go on', async (t) => {
  const data = join(await temporaryFolder(t), 'data');
  const args = ['--ping-interval', '0', '--data', data, '--registration', 'open'];
  const bounds = ['--account-quota', quota, '--guest-quota', quota];
  const server = await startServerProgram(t, { args: [...args, ...bounds] });
  const guest = await connectLines(t, server.plain);
  await guest.next();
  guest.send('HELO flood');
  await guest.expect('+OK HELO flood');
  for (let count = 0; count < 18; count++) {
    guest.send(`BCST ${long}`);
    await guest.expect(`+OK BCST ${long}`);
  }
  guest.send(`BCST ${long}`);
  await guest.expect(`-SOFT_ERR ${soft.text('over-quota')}`);
  const alice = await logIn(t, server.plain, 'alice');
  const say = (number: number) =>
    alice.ask('SEND', { in: 'lobby', id: `s.${number}`, text: long }).then(({ answer }) => answer);
  for (let number = 1; number <= 18; number++) assert.equal((await say(number)).verb, 'SENT');
  assert.equal((await say(19))['code'], 'over-quota');
  const bob = await logIn(t, server.plain, 'bob');
  await bob.send('lobby', 's.1', 'hi');
  const tell = async (...act: string[]) =>
    (await runProgram(t, { args: ['admin', ...act, '--data', data] })).stdout;
  assert.match(await tell('users'), /^alice .* 1\.1 MB\nbob .* \d+ bytes$/m);
  assert.match(await tell('status'), /^guests +1\.\d MB of their quota is used$/m);
  assert.match(
    await tell('usage'),
    /^CONVERSATION +MESSAGES +BYTES\nlobby +37 +2\.2 MB\n\nWRITTEN BY +MESSAGES +BYTES\n(alice|\(guests\)) +18 +1\.1 MB\n(alice|\(guests\)) +18 +1\.1 MB\nbob +1 +\d+ bytes\n$/,
  );
  await server.stop();
  assert.match(
    await tell('usage', '--json'),
    /^\{"conversations":\[\{"name":"lobby","messages":37,/,
  );
  const again = await startServerProgram(t, { args: [...args, ...bounds] });
  const back = await logIn(t, again.plain, 'alice', { device: alice.device });
  const { answer } = await back.ask('SEND', { in: 'lobby', id: 's.19', text: long });
  assert.equal(answer['code'], 'over-quota');
  await again.stop();
  const open = await startServerProgram(t, { args: [...args, ...bounds, '--limits', 'off'] });
  const free = await logIn(t, open.plain, 'alice', { device: alice.device });
  await free.send('lobby', 's.19', long);
});
