// What must be true at the end of a simulated life in which messages were edited, deleted and reacted to: all devices of
// all people show the same of every message, and what was deleted is found by no search and in no byte that a device or
// the server has stored.
import assert from 'node:assert/strict';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOf } from '../../../src/client/amending/current.ts';
import { textOf } from '../../../src/client/content.ts';
import type { HistoryRecord } from '../../../src/client/store/store-port.ts';
import { openClientStore } from '../../../src/platform/node/client-store/open.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { isWhole, type AmendingActs } from './amending-acts.ts';
import type { DeviceLife } from './device-life.ts';
import type { LifeDevice } from './life-device.ts';

/** `folder`: for the files of devices and server. */
export async function checkAmended(
  life: DeviceLife,
  acts: AmendingActs,
  folder: string,
): Promise<{ readonly compared: number; readonly deleted: number }> {
  const compared = checkShownAlike(life);
  const deleted = deletedTexts(life, acts);
  await checkSearches(life, deleted);
  await checkFiles(life, deleted, folder);
  return { compared, deleted: deleted.size };
}

/** Of each message that they all have. Returns how many were edited, deleted or reacted to. */
function checkShownAlike(life: DeviceLife): number {
  let count = 0;
  for (const conversation of life.world.conversations) {
    const devices = life.devices.filter((device) => device.messages(conversation).length > 0);
    const [first, ...others] = devices.map((device) => shownBy(device, conversation));
    for (const [seq, shown] of first ?? []) {
      if (shown !== undefined) count += Number(shown.isAmended);
      for (const [at, other] of others.entries()) {
        if (!other.has(seq)) continue;
        const what = `${conversation} ${seq}: ${devices[0]?.label} and ${devices[at + 1]?.label}`;
        assert.deepEqual(other.get(seq), shown, what);
      }
    }
  }
  return count;
}

function shownBy(device: LifeDevice, conversation: string) {
  return new Map(device.messages(conversation).filter(isWhole).map(shown));
}

function shown(record: HistoryRecord) {
  const { content, edits, deletion, reactions } = currentOf(record);
  const all = reactions.map(({ emoji, by }) => `${emoji} ${by.join(' ')}`);
  const text = textOf(content);
  const isAmended = edits.length + reactions.length > 0 || deletion !== undefined;
  const forms = edits.map((edit) => edit.text);
  return [record.seq, { text, forms, by: deletion?.by, all, isAmended }] as const;
}

/** Every text that a message ever had that some device shows as deleted. */
function deletedTexts({ devices }: DeviceLife, { texts }: AmendingActs): ReadonlySet<string> {
  const deleted = new Set<string>();
  for (const [key, given] of texts) {
    const isDeleted = devices.some((device) =>
      device.disk.kept.messages.some(
        (record) =>
          `${record.conversation} ${record.seq}` === key &&
          currentOf(record).deletion !== undefined,
      ),
    );
    if (isDeleted) for (const text of given) deleted.add(text);
  }
  return deleted;
}

async function checkSearches({ devices }: DeviceLife, deleted: ReadonlySet<string>): Promise<void> {
  for (const { label, disk } of devices) {
    for (const text of deleted) {
      const found = await disk.kept.search({ words: [text] }, 9);
      const same = found.filter((record) => textOf(currentOf(record).content) === text);
      assert.equal(same.length, 0, `${label} finds ${text}`);
    }
  }
}

/** Everything that was ever written, in its order, to files of devices and of a server: what is left is searched. */
async function checkFiles(
  life: DeviceLife,
  deleted: ReadonlySet<string>,
  folder: string,
): Promise<void> {
  for (const [at, { label, name, state }] of life.devices.entries()) {
    const home = join(folder, String(at));
    const opened = await openClientStore(home, 'example.org:7625', name);
    assert.ok(opened.kind === 'open');
    for (const changes of state.changes) await opened.store.write(changes);
    await opened.store.close();
    await findsNone(home, deleted, label);
  }
  const home = join(folder, 'server');
  await mkdir(home);
  const store = await openStore(join(home, 'helo.db'));
  await life.world.disk.replay(store);
  await store.close();
  await findsNone(home, deleted, 'the server');
}

async function findsNone(
  folder: string,
  deleted: ReadonlySet<string>,
  whose: string,
): Promise<void> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile());
  assert.ok(files.length > 0, `${whose} has files`);
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name));
    for (const text of deleted) {
      // Another text may begin with it.
      const isThere = new RegExp(`${text.replace('.', '\\.')}(?!\\d)`).test(
        bytes.toString('latin1'),
      );
      assert.ok(!isThere, `${text} was deleted, and is in ${name} of ${whose}`);
    }
  }
}
