// Files to somebody who is away [7.11], where the server keeps no files: the note is kept for them, and the file comes when
// both are there.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startServerProgram } from '../support/program.ts';
import { acquainted, assertSaved, makeFile, plainPlace } from './stage.ts';

/** A server that keeps no files, as others and earlier ones. */
const keepsNothing = async (t: TestContext) =>
  plainPlace(await startServerProgram(t, { args: ['--file-days', 'off'] }));

const offered = /^(?:@alice )?\[alice\] \(offers plan\.pdf, 5\.0 kB\)$/m;

test('a file to somebody who is away waits for them: they read who offers it, and it comes when both are there', async (t) => {
  const place = await keepsNothing(t);
  const [alice, bob] = await acquainted(t, place);
  const { path, content } = await makeFile(alice, 'plan.pdf', 5000);
  await bob.chat.stop();
  alice.chat.type(`/send_file @bob ${path}`);
  await alice.chat.tells(/plan\.pdf to bob waits until bob is here/);
  await bob.comeBack();
  await bob.chat.shows('stdout', offered);
  await bob.chat.prints(`File "${join(bob.downloads, 'plan.pdf')}" has successfully been saved!`);
  await alice.chat.prints('File has successfully been delivered!');
  await assertSaved(bob, 'plan.pdf', content);
});

test('what was offered stands in the history of both, also where the sender was gone meanwhile', async (t) => {
  const place = await keepsNothing(t);
  const [alice, bob] = await acquainted(t, place);
  const { path, content } = await makeFile(alice, 'plan.pdf', 5000);
  await bob.chat.stop();
  alice.chat.type(`/send_file @bob ${path}`);
  await alice.chat.tells(/plan\.pdf to bob waits until bob is here/);
  await alice.chat.kill();
  await bob.comeBack();
  await bob.chat.shows('stdout', offered);
  assert.deepEqual(await bob.saved(), []);
  await alice.comeBack();
  await bob.chat.prints(`File "${join(bob.downloads, 'plan.pdf')}" has successfully been saved!`);
  await assertSaved(bob, 'plan.pdf', content);
  for (const who of [alice, bob]) {
    await who.chat.stop();
    const { folder } = who;
    await who.comeBack({
      args: ['--data', join(folder, 'data'), '--downloads', folder, '--history', '20'],
    });
    await who.chat.shows('stdout', /\[alice\] \(offers plan\.pdf, 5\.0 kB\)/);
    assert.equal(who.chat.stdout().match(/offers plan\.pdf/g)?.length, 1, who.name);
  }
});
