// A server whose wall clock is wrong: for one run, from the beginning, or set while it runs. Messages stay, also those
// from the time when the clock was wrong.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createDevice, logIn, type TestDevice } from '../support/extended-client.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const day = 86_400_000;

/** Flags for Node by which Date.now() is wrong by `expression` milliseconds. */
function clockOffBy(expression: string): string[] {
  const code = `const now = Date.now; Date.now = () => Math.floor(now() + (${expression}));`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/** Sends `text` in the lobby of a server whose clock is wrong. Returns what is stored, and the server's output. */
async function visit(
  t: TestContext,
  { data, device, off }: { data: string; device: TestDevice; off?: string },
  text: string,
) {
  const server = await startServerProgram(t, {
    args: ['--data', data, '--ping-interval', '0', '--log-level', 'info'],
    nodeArgs: off === undefined ? [] : clockOffBy(off),
  });
  const alice = await logIn(t, server.plain, 'alice', { device });
  alice.lines.send(`BCST ${text}`);
  await alice.until('+OK');
  alice.say('HISTORY', { in: 'lobby' });
  const { before } = await alice.until('HISTORY_END');
  const texts = before.filter(({ verb }) => verb === 'MSG').map((event) => event['text']);
  const { stderr, code } = await server.stop();
  assert.equal(code, 0);
  return { texts, log: stderr };
}

for (const [title, off] of [
  ['ahead by 400 days', `${400 * day}`],
  ['in 1970', '-now()'],
  ['two years behind', `${-730 * day}`],
  ['in 1970 and set right while the server runs', 'performance.now() < 400 ? -now() : 0'],
] as const) {
  test(`a clock that is ${title} for one run takes nothing away, then or later`, async (t) => {
    const of = { data: await temporaryFolder(t), device: createDevice() };
    await visit(t, of, 'before');
    const wrong = await visit(t, { ...of, off }, 'meanwhile');
    assert.deepEqual(wrong.texts, ['before', 'meanwhile']);
    const right = await visit(t, of, 'behind');
    assert.deepEqual(right.texts, ['before', 'meanwhile', 'behind']);
    assert.doesNotMatch(wrong.log + right.log, /messages were taken out/);
  });
}

test('a clock that is far ahead of the last run is told', async (t) => {
  const of = { data: await temporaryFolder(t), device: createDevice() };
  await visit(t, of, 'before');
  const { log } = await visit(t, { ...of, off: `${400 * day}` }, 'meanwhile');
  assert.match(
    log,
    /"level":"warn".*"aheadHours":9600,"waitHours":168,"msg":"the clock is far ahead/,
  );
});
