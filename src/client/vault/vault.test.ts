// The backup of an account, by devices with a history each and a server in memory: what is brought, what is found again by
// the words alone, and what nobody else gets.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemoryBlobs } from '../../../test/support/memory-blobs.ts';
import { suite } from '../../../test/support/pair.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { createDevice, type Device } from '../../e2ee/device.ts';
import { recoveryKey, recoveryWords, vaultSecret } from '../../e2ee/recovery/recovery-words.ts';
import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { openBackupFile, readBackupFile } from '../../platform/node/backup-file.ts';
import { nodeFileCiphers } from '../../platform/node/files/file-ciphers.ts';
import type { Username } from '../../wire/text.ts';
import type { VerifiedChain } from '../account/verified-chain.ts';
import type { PieceSource } from '../history/piece.ts';
import type { BackupNews, Sealer } from './backup-ports.ts';
import { readBackupId } from './backup-head.ts';
import { Vault } from './vault.ts';
import { restoringState, type VaultState } from './vault-state.ts';

const words = await recoveryWords(randomBytes(16));
const recovery = await recoveryKey(nodeFileCiphers, words);
const secret = await vaultSecret(nodeFileCiphers, words);

/** Opens what was sealed under the same key and name, and hides nothing. */
function plainSealer(key: Uint8Array): Sealer {
  return {
    seal: async (name, content) => Buffer.concat([key, encodeUtf8(`${name}\n`), content]),
    open: async (name, sealed) => {
      const before = Buffer.concat([key, encodeUtf8(`${name}\n`)]);
      return equalBytes(sealed.subarray(0, before.length), before)
        ? sealed.slice(before.length)
        : undefined;
    },
  };
}

/** An account: its devices, and its recovery key. */
interface Account {
  readonly valid: Device[];
  readonly revoked: Device[];
  recovery: Uint8Array | undefined;
}

class Phone {
  /** Texts by the names of their blocks, the newest block last. */
  readonly history = new Map<string, string>();
  readonly news: BackupNews[] = [];
  /** Whose pieces it has taken. */
  readonly sources = new Set<PieceSource>();
  /** What it knows of what the devices have in common. */
  own: unknown;
  readonly timers = new FakeTimers();
  readonly vault: Vault;
  stored: string | undefined;
  /** What was damaged. */
  aside: string | undefined;
  isConnected = true;
  clock = 1_000;

  readonly #made: readonly [Account, Device, MemoryBlobs];

  private constructor(
    account: Account,
    device: Device,
    blobs: MemoryBlobs,
    state?: VaultState,
    given?: string,
  ) {
    this.stored = state && JSON.stringify(state);
    this.#made = [account, device, blobs];
    const chain = async () => {
      const steps = [{ recovery: account.recovery }];
      const keyed = (devices: readonly Device[]) => devices.map(({ publicKey: key }) => ({ key }));
      const own = { devices: keyed(account.valid), revoked: keyed(account.revoked), steps };
      return { chain: own, links: [] } as unknown as VerifiedChain;
    };
    this.vault = new Vault({
      me: 'alice' as Username,
      suite,
      device,
      chain,
      ciphers: nodeFileCiphers,
      sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
      random: (length) => new Uint8Array(randomBytes(length)),
      now: () => this.clock,
      timers: this.timers,
      file: {
        load: async () => this.stored,
        keep: async (text) => void (this.stored = text),
        setAside: async () => {
          this.aside = this.stored;
          return 'a copy';
        },
      },
      blobs: () => (this.isConnected ? blobs : undefined),
      files: {
        open: openBackupFile,
        given: async () => {
          const file = given === undefined ? undefined : await readBackupFile(given);
          return file !== undefined && 'blobs' in file ? file : undefined;
        },
        forgetGiven: async () => {},
      },
      sealer: plainSealer,
      news: (news) => void this.news.push(news),
      own: {
        export: async () => this.own,
        take: async (state) => void (this.own = state),
      },
      history: {
        blocks: async () =>
          [...this.history]
            .reverse()
            .map(([name, text]) => ({ name, stamp: String(text.length), newest: 1 })),
        pieces: async ({ name }) => [encodeUtf8(JSON.stringify([name, this.history.get(name)]))],
        take: async (piece, from) => {
          this.sources.add(from);
          const [name, text] = JSON.parse(decodeUtf8(piece) ?? '') as [string, string];
          // As in every history: what is here stays.
          if (!this.history.has(name)) this.history.set(name, text);
          return 'taken';
        },
      },
    });
  }

  static async open(
    account: Account,
    blobs: MemoryBlobs,
    state?: VaultState,
    given?: string,
  ): Promise<Phone> {
    const device = await createDevice(suite);
    account.valid.push(device);
    return new Phone(account, device, blobs, state, given);
  }

  /** The same device in another program, or in a copy of its data directory. */
  again(stored = this.stored): Phone {
    const made = new Phone(...this.#made);
    made.stored = stored;
    return made;
  }

  /** A device that has come by the words, and a file. */
  static recovered(account: Account, blobs: MemoryBlobs, given?: string): Promise<Phone> {
    return Phone.open(account, blobs, restoringState(secret), given);
  }
}

/** An account with words that the first device has made. */
async function begun() {
  const account: Account = { valid: [], revoked: [], recovery: recovery.publicKey };
  const blobs = new MemoryBlobs();
  const phone = await Phone.open(account, blobs);
  await phone.vault.opened(words, recovery);
  // The box is at the server, for other devices.
  await phone.vault.idle();
  return { account, blobs, phone };
}

test('a device that has nothing but the words has the whole history, and what came in it since', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'hello').set('two', 'x'.repeat(3_000_000)).set('three', 'y'.repeat(3e6));
  const first = await phone.vault.turnOn();
  assert.ok(first.ok && first.value.brought > 6e6);
  // What has not changed is not brought again.
  phone.history.set('one', 'hello, too');
  blobs.brought = 0;
  const second = await phone.vault.turnOn();
  assert.ok(second.ok && second.value.brought === blobs.brought && blobs.brought < 10_000);
  assert.ok(blobs.size < 6.1e6, String(blobs.size));
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual(
    [...fresh.history].sort(([one], [other]) => one.localeCompare(other)),
    [...phone.history].sort(([one], [other]) => one.localeCompare(other)),
  );
  assert.deepEqual(fresh.news.at(-1), { kind: 'restored', damaged: 0, isTriedAgain: false });
  // The secret of the words is on no disk any more.
  assert.ok(!String(fresh.stored).includes('restoring'));
});

test('what the devices have in common comes back too, and makes a new head when it alone has changed', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'hello');
  phone.own = { read: 1 };
  assert.ok((await phone.vault.turnOn()).ok);
  phone.own = { read: 2 };
  const changed = await phone.vault.turnOn();
  assert.ok(changed.ok && changed.value.brought > 0);
  const same = await phone.vault.turnOn();
  assert.ok(same.ok && same.value.brought === 0);
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([fresh.own, fresh.history.get('one')], [{ read: 2 }, 'hello']);
  // What a device says that is revoked may be a thief's: its history comes, its word about keys does not.
  account.revoked.push(...account.valid.splice(0, 1));
  const later = await Phone.recovered(account, blobs);
  later.vault.login();
  await later.vault.idle();
  assert.deepEqual([later.own, later.history.get('one')], [undefined, 'hello']);
});

test('a backup and a restore that break off anywhere go on, and bring nothing twice', async () => {
  const { account, blobs, phone } = await begun();
  for (let at = 0; at < 6; at++) phone.history.set(`block ${at}`, `${at}`.repeat(2_500_000));
  const broken = { kind: 'interrupted', retryMs: undefined } as const;
  for (let at = 1; at < 4; at++) {
    blobs.failures = [...Array.from({ length: at }, () => undefined), broken];
    assert.deepEqual(await phone.vault.turnOn(), { ok: false, error: 'later' });
  }
  blobs.failures = [];
  assert.ok((await phone.vault.turnOn()).ok);
  assert.ok(blobs.size < 15.1e6 && blobs.brought < 15.2e6, `${blobs.size} ${blobs.brought}`);
  const fresh = await Phone.recovered(account, blobs);
  for (let at = 0; at < 9; at++) {
    blobs.failures = [...Array.from({ length: at }, () => undefined), { kind: 'gone' }];
    fresh.vault.login();
    await fresh.vault.idle();
    fresh.vault.logout();
  }
  assert.equal(fresh.history.size, 6);
  assert.equal(fresh.news.filter(({ kind }) => kind === 'restored').length, 1);
  // The newest comes first.
  assert.equal([...fresh.history.keys()][0], 'block 5');
});

test('what the server has lost is brought again', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'hello').set('two', 'z'.repeat(4e6));
  assert.ok((await phone.vault.turnOn()).ok);
  for (const id of blobs.kept.keys()) if (readBackupId(id)?.kind === 'pack') blobs.kept.delete(id);
  assert.ok((await phone.vault.turnOn()).ok);
  blobs.kept.clear();
  assert.ok((await phone.vault.turnOn()).ok);
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.equal(fresh.history.get('two')?.length, 4e6);
  assert.equal(fresh.history.get('one'), 'hello');
});

test('another device of the account makes a backup by the box that the first has left, and both come back', async () => {
  const { account, blobs, phone } = await begun();
  const laptop = await Phone.open(account, blobs);
  phone.history.set('of the phone', 'a');
  laptop.history.set('of the laptop', 'b');
  assert.ok((await laptop.vault.turnOn()).ok);
  assert.ok((await phone.vault.turnOn()).ok);
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history.keys()].sort(), ['of the laptop', 'of the phone']);
  // Both are lost: what they have left goes when the new one has a backup of its own.
  account.revoked.push(...account.valid.splice(0, 2));
  assert.ok((await fresh.vault.turnOn()).ok);
  const tags = new Set([...blobs.kept.keys()].map((id) => readBackupId(id)?.tag));
  assert.equal(tags.size, 1);
});

test('what a device has left that another one does not know yet stays', async () => {
  const { account, blobs, phone } = await begun();
  const laptop = await Phone.open({ ...account, valid: [...account.valid] }, blobs);
  laptop.history.set('of the laptop', 'b');
  assert.ok((await laptop.vault.turnOn()).ok);
  phone.history.set('of the phone', 'a');
  assert.ok((await phone.vault.turnOn()).ok);
  blobs.brought = 0;
  assert.ok((await laptop.vault.turnOn()).ok);
  assert.equal(blobs.brought, 0);
});

test('what a revoked device has left changes nothing that a valid one has, whatever time it claims', async () => {
  const { account, blobs, phone } = await begun();
  const stolen = await Phone.open(account, blobs);
  phone.history.set('one', 'hello');
  assert.ok((await phone.vault.turnOn()).ok);
  stolen.clock = 1_000_000;
  stolen.history.set('one', 'lies').set('two', 'hello, too');
  assert.ok((await stolen.vault.turnOn()).ok);
  account.revoked.push(...account.valid.splice(1, 1));
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([fresh.history.get('one'), fresh.history.get('two')], ['hello', 'hello, too']);
  assert.deepEqual([...fresh.sources], ['own device', 'revoked device']);
});

test('a box, a head or a key that does not hang from the words and the chain is not used', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'hello');
  assert.ok((await phone.vault.turnOn()).ok);
  // The server makes a history up: it knows the box, and has a key of its own.
  const forgery = new MemoryBlobs();
  for (const [id, blob] of blobs.kept) forgery.kept.set(id, blob);
  const stranger = await Phone.open({ ...account, valid: [] }, forgery);
  stranger.history.set('one', 'lies').set('lies', 'lies');
  assert.ok((await stranger.vault.turnOn()).ok);
  for (const [id, blob] of forgery.kept) blobs.kept.set(id, blob);
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history], [['one', 'hello']]);
  // Other words: nothing is sealed to the box of the old ones.
  const others = await recoveryKey(nodeFileCiphers, await recoveryWords(randomBytes(16)));
  account.recovery = others.publicKey;
  const later = await Phone.open(account, blobs);
  assert.deepEqual(await later.vault.turnOn(), { ok: false, error: 'no-box' });
  assert.deepEqual(await phone.vault.turnOn(), { ok: false, error: 'no-box' });
  account.recovery = undefined;
  assert.deepEqual(await later.vault.turnOn(), { ok: false, error: 'no-words' });
});

test('other words: the backup is made anew for them under another key, and the old ones open nothing of it', async () => {
  const { account, blobs, phone } = await begun();
  const laptop = await Phone.open(account, blobs);
  phone.history.set('of the phone', 'x'.repeat(3e6));
  laptop.history.set('of the laptop', 'b');
  assert.ok((await phone.vault.turnOn()).ok && (await laptop.vault.turnOn()).ok);
  const keyOf = ({ stored }: Phone) => (JSON.parse(stored ?? '') as VaultState).key;
  const [before, old] = [keyOf(phone), blobs.size];
  const otherWords = await recoveryWords(randomBytes(16));
  const others = await recoveryKey(nodeFileCiphers, otherWords);
  account.recovery = others.publicKey;
  // There is no room for two.
  blobs.quota = old + 1e6;
  await phone.vault.opened(otherWords, others);
  await phone.vault.idle();
  assert.ok((await laptop.vault.turnOn()).ok);
  assert.notEqual(keyOf(phone), before);
  assert.ok(blobs.size < old + 1e4, String(blobs.size));
  const late = await Phone.recovered(account, blobs);
  late.vault.login();
  await late.vault.idle();
  assert.deepEqual(late.news.at(-1), { kind: 'nothing-to-restore' });
  const now = restoringState(await vaultSecret(nodeFileCiphers, otherWords));
  const fresh = await Phone.open(account, blobs, now);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history.keys()].sort(), ['of the laptop', 'of the phone']);
});

test('words that were made without a box give way to words that have one', async () => {
  const account: Account = { valid: [], revoked: [], recovery: recovery.publicKey };
  const phone = await Phone.open(account, new MemoryBlobs());
  assert.deepEqual(await phone.vault.turnOn(), { ok: false, error: 'no-box' });
  const otherWords = await recoveryWords(randomBytes(16));
  const others = await recoveryKey(nodeFileCiphers, otherWords);
  account.recovery = others.publicKey;
  await phone.vault.opened(otherWords, others);
  assert.ok((await phone.vault.turnOn()).ok);
});

test('altered pieces are told, and the rest is there', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'x'.repeat(3e6)).set('two', 'y'.repeat(3e6));
  assert.ok((await phone.vault.turnOn()).ok);
  const pack = [...blobs.kept].find(([id]) => readBackupId(id)?.kind === 'pack');
  assert.ok(pack);
  pack[1].bytes[0] = (pack[1].bytes[0] ?? 0) ^ 1;
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.equal(fresh.history.size, 1);
  assert.deepEqual(fresh.news.at(-1), { kind: 'restored', damaged: 1, isTriedAgain: true });
  // A server that has it whole again gives it. Until then the secret stays.
  assert.ok(String(fresh.stored).includes('restoring'));
  fresh.vault.logout();
  pack[1].bytes[0] = (pack[1].bytes[0] ?? 0) ^ 1;
  fresh.vault.login();
  await fresh.vault.idle();
  assert.equal(fresh.history.size, 2);
  assert.deepEqual(fresh.news.at(-1), { kind: 'restored', damaged: 0, isTriedAgain: false });
  assert.ok(!String(fresh.stored).includes('restoring'));
});

test('what stays damaged is fetched three times, and told twice; then the secret goes', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'x'.repeat(3e6)).set('two', 'y'.repeat(3e6));
  assert.ok((await phone.vault.turnOn()).ok);
  const lost = [...blobs.kept.keys()].find((id) => readBackupId(id)?.kind === 'pack');
  blobs.kept.delete(lost ?? assert.fail());
  const fresh = await Phone.recovered(account, blobs);
  for (let time = 0; time < 4; time++) {
    fresh.vault.login();
    await fresh.vault.idle();
    fresh.vault.logout();
    assert.equal(String(fresh.stored).includes('restoring'), time < 2);
  }
  const told = fresh.news.flatMap((news) => (news.kind === 'restored' ? [news] : []));
  assert.deepEqual(
    told.map(({ damaged, isTriedAgain }) => [damaged, isTriedAgain]),
    [
      [1, true],
      [1, false],
    ],
  );
  assert.equal(fresh.history.size, 1);
});

test('what is remembered of a backup and is damaged is told, with a copy of it, and the next backup is a whole one', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'x'.repeat(3e6));
  assert.ok((await phone.vault.turnOn()).ok);
  const before = blobs.size;
  const again = phone.again('{"wish":');
  again.history.set('one', 'x'.repeat(3e6));
  again.vault.login();
  await again.vault.idle();
  assert.deepEqual(again.news[0], { kind: 'damaged', copy: 'a copy' });
  assert.equal(again.aside, '{"wish":');
  assert.ok((await again.vault.turnOn()).ok);
  // What was there of it before is gone by then.
  assert.ok(blobs.size < before + 10_000, String(blobs.size));
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.equal(fresh.history.size, 1);
});

test('two copies of a data directory leave each its own backup, and drop nothing of the other', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('before', 'x'.repeat(3e6));
  assert.ok((await phone.vault.turnOn()).ok);
  const copy = phone.again();
  for (const [name, text] of phone.history) copy.history.set(name, text);
  const both = [phone, copy];
  for (let time = 0; time < 3; time++) {
    for (const [who, one] of both.entries()) {
      one.history.set(`of ${who}`, `${time}`.repeat(10_000 + time));
      assert.ok((await one.vault.turnOn()).ok);
    }
  }
  // In the end nothing is brought again and again.
  blobs.brought = 0;
  for (const one of both) assert.ok((await one.vault.turnOn()).ok);
  assert.equal(blobs.brought, 0);
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history.keys()].sort(), ['before', 'of 0', 'of 1']);
});

test('off: what is there goes, nothing is made, and nobody is reminded again', async () => {
  const { blobs, phone } = await begun();
  phone.vault.login();
  await phone.vault.idle();
  assert.deepEqual(phone.news, [{ kind: 'remember' }]);
  phone.history.set('one', 'hello');
  assert.ok((await phone.vault.turnOn()).ok);
  const { wish, at, bytes } = await phone.vault.status();
  assert.deepEqual([wish, at, bytes], ['on', 1_000, blobs.size]);
  assert.equal(await phone.vault.turnOff(), true);
  assert.equal(blobs.kept.size, 0);
  phone.vault.login();
  await phone.vault.idle();
  assert.deepEqual(phone.news, [{ kind: 'remember' }]);
  phone.isConnected = false;
  assert.deepEqual(await phone.vault.turnOn(), { ok: false, error: 'no-server' });
});

test('more than the server keeps is told, and the old backup stays', async () => {
  const { account, blobs, phone } = await begun();
  phone.history.set('one', 'hello');
  assert.ok((await phone.vault.turnOn()).ok);
  blobs.quota = 1e6;
  phone.history.set('two', 'x'.repeat(2e6));
  assert.deepEqual(await phone.vault.turnOn(), { ok: false, error: 'no-room' });
  const fresh = await Phone.recovered(account, blobs);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history], [['one', 'hello']]);
});

test('a backup in a file brings the history without the server, and what is added is what is new', async (t) => {
  const { account, phone } = await begun();
  const path = join(await temporaryFolder(t), 'alice.backup');
  phone.isConnected = false;
  phone.own = { read: [] };
  phone.history.set('one', 'hello').set('two', 'x'.repeat(3e6)).set('three', 'y'.repeat(3e6));
  const first = await phone.vault.toFile(path);
  assert.ok(first.ok && first.value.path === path && first.value.brought > 6e6);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  phone.history.set('four', 'hello, too');
  const second = await phone.vault.toFile(path);
  assert.ok(second.ok && second.value.brought < 10_000, JSON.stringify(second));
  assert.equal((await stat(path)).size, second.value.bytes);
  const { files } = await phone.vault.status();
  assert.deepEqual(files, [{ path, at: 1_000, bytes: second.value.bytes, isOutdated: false }]);
  // A server that has nothing, and one that is not there.
  for (const isConnected of [true, false]) {
    const fresh = await Phone.recovered(account, new MemoryBlobs(), path);
    fresh.isConnected = isConnected;
    fresh.vault.login();
    await fresh.vault.idle();
    assert.deepEqual(new Set(fresh.history.keys()), new Set(['one', 'two', 'three', 'four']));
    assert.deepEqual(fresh.own, { read: [] });
    assert.deepEqual(fresh.news.at(-1), { kind: 'restored', damaged: 0, isTriedAgain: false });
    const { restoring } = JSON.parse(fresh.stored ?? '') as VaultState;
    assert.equal(restoring, undefined);
  }
});

test('a backup to a file that breaks off goes on where it was, and the one that was whole before holds', async (t) => {
  const { account, phone } = await begun();
  const path = join(await temporaryFolder(t), 'alice.backup');
  phone.history
    .set('one', 'x'.repeat(3e6))
    .set('two', 'y'.repeat(3e6))
    .set('three', 'z'.repeat(3e6));
  const of = phone.history.get.bind(phone.history);
  phone.history.get = (name) => {
    // Its block is the last one.
    if (name === 'one') throw new Error('killed');
    return of(name);
  };
  assert.deepEqual(await phone.vault.toFile(path), { ok: false, error: 'disk' });
  await assert.rejects(stat(path), { code: 'ENOENT' });
  phone.history.get = of;
  const whole = await phone.vault.toFile(path);
  assert.ok(
    whole.ok && whole.value.brought < 7e6 && whole.value.bytes > 9e6,
    JSON.stringify(whole),
  );
  await assert.rejects(stat(`${path}.part`), { code: 'ENOENT' });
  phone.history.set('one', 'x');
  phone.history.get = () => {
    throw new Error('killed');
  };
  assert.deepEqual(await phone.vault.toFile(path), { ok: false, error: 'disk' });
  const fresh = await Phone.recovered(account, new MemoryBlobs(), path);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history.keys()].sort(), ['one', 'three', 'two']);
  phone.history.get = of;
  // Two thirds of it are of no use any more.
  phone.history.set('two', 'y').set('three', 'zz');
  const small = await phone.vault.toFile(path);
  assert.ok(small.ok && small.value.bytes < 10_000, JSON.stringify(small));
});

test('a file of other words is begun anew, and no file that is something else is touched', async (t) => {
  const { account, phone } = await begun();
  const folder = await temporaryFolder(t);
  const path = join(folder, 'alice.backup');
  phone.history.set('one', 'hello');
  assert.ok((await phone.vault.toFile(path)).ok);
  const otherWords = await recoveryWords(randomBytes(16));
  const others = await recoveryKey(nodeFileCiphers, otherWords);
  account.recovery = others.publicKey;
  await phone.vault.opened(otherWords, others);
  assert.deepEqual(
    (await phone.vault.status()).files.map(({ isOutdated }) => isOutdated),
    [true],
  );
  assert.ok((await phone.vault.toFile(path)).ok);
  const late = await Phone.recovered(account, new MemoryBlobs(), path);
  late.vault.login();
  await late.vault.idle();
  assert.deepEqual(late.news.at(-1), { kind: 'nothing-to-restore' });
  const now = restoringState(await vaultSecret(nodeFileCiphers, otherWords));
  const fresh = await Phone.open(account, new MemoryBlobs(), now, path);
  fresh.vault.login();
  await fresh.vault.idle();
  assert.deepEqual([...fresh.history.keys()], ['one']);
  const letter = join(folder, 'letter.txt');
  await writeFile(letter, 'dear bob', { mode: 0o644 });
  const why = 'it is another file, and no backup of helo';
  assert.deepEqual(await phone.vault.toFile(letter), { ok: false, error: { path: letter, why } });
  assert.equal(await readFile(letter, 'utf8'), 'dear bob');
  assert.equal((await stat(letter)).mode & 0o777, 0o644);
  const nowhere = join(folder, 'none', 'alice.backup');
  const refused = await phone.vault.toFile(nowhere);
  assert.deepEqual(refused, {
    ok: false,
    error: { path: nowhere, why: 'there is no such file or folder' },
  });
});
