// A server is put back to an earlier state, by `helo restore` or by hand, and has sealed groups: what was said there since
// is lost to it, and what was decided there. Members find back by themselves and are told what is lost.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runProgram, startServerProgram, type ServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';

interface Way {
  readonly name: string;
  /** Keeps what `data` holds; the returned function puts it back while no server runs. */
  keep(t: TestContext, server: ServerProgram, data: string): Promise<() => Promise<void>>;
}

const byCommand: Way = {
  name: 'helo restore',
  keep: async (t, _server, data) => {
    const file = join(await temporaryFolder(t), 'backup');
    const helo = async (...args: string[]) => {
      const { code, stderr } = await runProgram(t, { args: [...args, '--data', data] });
      assert.equal(code, 0, stderr);
    };
    await helo('backup', file);
    return () => helo('restore', file, '--replace');
  },
};

const byHand: Way = {
  name: 'a copy put back by hand',
  keep: async (t, _server, data) => {
    const copy = join(await temporaryFolder(t), 'copy');
    await copyData(data, copy);
    return async () => {
      await rm(data, { recursive: true });
      await copyData(copy, data);
    };
  },
};

for (const way of [byCommand, byHand]) {
  test(`${way.name}: members of a sealed group find back, are told what is lost, and hear what is said later`, async (t) => {
    const data = await temporaryFolder(t);
    let server = await startServerProgram(t, { args: ['--data', data] });
    const { plain } = server;
    const args = ['--data', data, '--port', String(plain.port)];
    const people = ['alice', 'bob', 'carol', 'erin'] as const;
    const [alice, bob, carol, erin] = await Promise.all(
      people.map((name) => comes(t, plain, name)),
    );
    assert.ok(alice && bob && carol && erin);
    await alice.chat.createGroup('lunch', { sealed: true });
    for (const one of [bob, carol, erin]) await one.chat.joinGroup('lunch');
    await alice.says('#lunch', 'of before');
    for (const one of [bob, carol, erin]) await one.hears('#lunch alice: of before');
    await erin.chat.close();
    // Files that are copied by hand must be at rest.
    if (way === byHand) await server.stop();
    const putBack = await way.keep(t, server, data);
    if (way === byHand) {
      server = await startServerProgram(t, { args });
      for (const one of [alice, bob, carol]) await one.isOnline();
    }

    const dave = await comes(t, plain, 'dave');
    await dave.chat.joinGroup('lunch');
    await alice.chat.kick('lunch', 'carol');
    await alice.says('#lunch', 'lost by alice');
    for (const one of [bob, dave]) await one.hears('#lunch alice: lost by alice');
    await bob.says('#lunch', 'lost by bob');
    await alice.hears('#lunch bob: lost by bob');
    await server.stop();
    await putBack();

    server = await startServerProgram(t, { args });
    // What was said since is lost there, and whose.
    for (const one of [alice, bob]) {
      await one.isTold(/put back to an earlier state.*#lunch.*one of your own messages/);
    }
    // What was decided since is forgotten there: by name. The admin's device puts out again whom it had put out; whoever
    // comes back behind that finds nothing forgotten.
    await alice.isTold(/put back, and has forgotten.*: carol, .* is in again/);
    await dave.isTold(/put back to before this account came into the group: it has entered again/);
    // What is said before somebody is in again is not for them.
    for (const one of [bob, dave]) await one.isTold(/^you are in[^]*^you are in/m);
    await alice.says('#lunch', 'of later');
    await bob.says('#lunch', 'of later too');
    for (const one of [bob, dave]) await one.hears('#lunch alice: of later');
    for (const one of [alice, dave]) await one.hears('#lunch bob: of later too');
    const late = await comes(t, plain, 'erin', erin.data);
    await late.hears('#lunch bob: of later too');
    await late.says('#lunch', 'erin is here');
    for (const one of [alice, bob, dave]) await one.hears('#lunch erin: erin is here');
    assert.deepEqual(
      carol.heard.filter((text) => text.includes('later')),
      [],
    );
    assert.equal((await alice.chat.members('lunch')).people.length, 4);
  });
}
