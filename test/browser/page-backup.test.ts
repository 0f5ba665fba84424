// Backups from the page: at the server, over a WebSocket to its port, and in a file, which a terminal can read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBackupFile } from '../../src/platform/node/backup-file.ts';
import { browserTests } from '../support/browser.ts';
import { enterPage } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';

browserTests('backups from the page', () => {
  test('a history is left at the server, and given to the person as a file', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    await alice.say('remember this');
    await alice.said('remember this').waitFor();
    await alice.page.getByRole('button', { name: 'Settings' }).click();
    await alice.dialog.getByRole('button', { name: 'Your devices' }).click();
    await alice.dialog.getByRole('button', { name: 'Make recovery words' }).click();
    await alice.dialog.getByText('Write these twelve words down').waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.dialog.waitFor({ state: 'detached' });
    const made = alice.page.waitForEvent('download');
    await alice.say('/backup ./mine.helo');
    const file = await made;
    assert.equal(file.suggestedFilename(), 'mine.helo');
    const read = await readBackupFile(await file.path());
    assert.ok(read !== undefined && 'blobs' in read);
    const listed = await read.blobs.list();
    await read.close();
    assert.ok(listed.ok && listed.value.blobs.length > 0);
    await alice.say('/backup on');
    await alice.page.getByText('your history is at the server, encrypted').first().waitFor();
  });
});
