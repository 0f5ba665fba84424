// A program becomes a device of the account of its person, by a code and digits that they type at another device.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connect } from '../../src/library/connect.ts';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { withinLimit } from '../support/time-limit.ts';

async function begun(t: TestContext) {
  const { plain } = await startServerProgram(t);
  const server = `${plain.host}:${plain.port}`;
  const old = await startChat(t, { server: plain, name: 'alice' });
  old.type('*all');
  await old.shows('stdout', /^\[.*\]$/m);
  return { server, old };
}

test('a bot links itself, once, and is a device of the account from then on', async (t) => {
  const { server, old } = await begun(t);
  const data = await temporaryFolder(t);
  const shown: string[] = [];
  const linked = connect({
    server,
    name: 'alice',
    data,
    link: (step) => {
      const typed = 'code' in step ? step.code : step.digits;
      shown.push('code' in step ? 'code' : 'digits');
      old.type(`/link ${typed}`);
    },
  });
  const chat = await withinLimit(linked, 'the linking', () => old.stderr());
  assert.deepEqual([shown, chat.isAccount], [['code', 'digits'], true]);
  const devices = await chat.devices();
  assert.deepEqual(
    devices.map(({ form, isThis }) => [form, isThis]),
    [
      [undefined, false],
      ['bot', true],
    ],
  );
  await chat.close();
  const again = await connect({
    server,
    name: 'alice',
    data,
    link: () => assert.fail('it is a device already'),
  });
  await again.close();
});

test('what the program throws, a guest, and another account end it', async (t) => {
  const { server, old } = await begun(t);
  const data = await temporaryFolder(t);
  const thrown = new Error('nobody is there to type it');
  const link = () => {
    throw thrown;
  };
  await assert.rejects(connect({ server, name: 'alice', data, link }), thrown);
  await assert.rejects(connect({ server, name: 'alice', data, link, guest: true }), {
    code: 'usage',
  });
  const other = connect({
    server,
    name: 'bob',
    data,
    link: (step) => old.type(`/link ${'code' in step ? step.code : step.digits}`),
  });
  await assert.rejects(withinLimit(other, 'the end of the linking'), { code: 'not-linked' });
});
