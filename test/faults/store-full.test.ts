// A full disk, as the system reports it: what cannot be stored is refused with clear words and delivered to nobody,
// everything else continues, and when there is room again everything works again.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fatal, soft } from '../../src/wire/replies.ts';
import { connectExtended, createDevice, logIn, prove } from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';

const text = 'x'.repeat(20_000);

test('a full disk: clear answers, no false ones, and all goes on when there is room', async (t) => {
  const server = await startServerProgram(t, {
    // No file may grow beyond two megabytes. The signal for that must not end the process.
    shell: "trap '' XFSZ; ulimit -S -f 2048",
    args: ['--ping-interval', '0', '--limits', 'off', '--metrics-port', '0'],
  });
  const [, port] = await server.shows('stdout', /^ {2}metrics +\S+:(\d+) /m);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  const alice = await logIn(t, server.plain, 'alice');
  const bob = await logIn(t, server.plain, 'bob');
  const gus = await connectLines(t, server.plain);
  await gus.next();
  gus.send('HELO gus');
  await gus.next();
  assert.equal((await ask('/healthz')).status, 200);

  let acknowledged = 0;
  for (;;) {
    const id = `a.${acknowledged + 1}`;
    const { answer } = await alice.ask('SEND', { in: 'lobby', id, text });
    if (answer.verb === 'FAILED') {
      assert.deepEqual([answer['code'], answer['id']], ['store-failed', id]);
      break;
    }
    acknowledged++;
    assert.ok(acknowledged < 1000, 'the disk never gets full');
  }
  assert.ok(acknowledged > 10);
  // They got what was acknowledged, and no more.
  for (let number = 1; number <= acknowledged; number++) {
    await bob.hears('MSG', { seq: number, id: `a.${number}` });
    await gus.expect(`BCST [alice] ${text}`);
  }
  gus.send('BCST me too');
  await gus.expect(`-SOFT_ERR ${soft.text('store-failed')}`);
  gus.send('PM @bob opaque');
  await bob.hears('PM', { rest: 'gus opaque' });
  const newcomer = await connectExtended(t, server.plain);
  await prove(newcomer, 'carol', createDevice());
  assert.deepEqual(await newcomer.lines.rest(), [`-ERR ${fatal.text('store-failed')}`]);
  const { lines } = await connectExtended(t, server.plain);
  lines.end();
  assert.deepEqual(await ask('/healthz'), { status: 503, body: 'the store has failed\n' });
  assert.match((await ask('/metrics')).body, /^helo_store_failing 1$/m);
  const again = await alice.ask('SEND', { in: 'lobby', id: `a.${acknowledged + 1}`, text });
  assert.equal(again.answer['code'], 'store-failed');

  execFileSync('prlimit', ['--pid', String(server.process.pid), '--fsize=unlimited']);
  for (let failed = true; failed;) {
    const { answer } = await alice.ask('SEND', {
      in: 'lobby',
      id: `a.${acknowledged + 1}`,
      text: 'room again',
    });
    failed = answer.verb === 'FAILED';
  }
  await gus.expect('BCST [alice] room again');
  assert.equal((await ask('/healthz')).status, 200);
  const history = await bob.history('lobby');
  assert.deepEqual(
    history.map(({ id }) => id),
    Array.from({ length: acknowledged + 1 }, (_, at) => `a.${at + 1}`),
  );
});
