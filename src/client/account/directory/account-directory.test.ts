// What a client finds out about a server by its directory: each lie with its alarm, and what is no lie.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ciphers, Signer, Somebody } from '../../../../test/support/statements.ts';
import { encodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes } from '../../../lib/bytes.ts';
import { failures, type FailureCode } from '../../../wire/extended/failures.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../../../wire/extended/events.ts';
import {
  directoryEntry,
  directoryTag,
  headToSign,
  maxDirectoryPage,
  tagOfRun,
} from '../../../wire/statements/directory.ts';
import type { ToldHead } from '../../encryption/told-head.ts';
import { PendingRequests } from '../../pending-requests.ts';
import type { VerifiedChain } from '../verified-chain.ts';
import type { Refreshed } from '../own-chain.ts';
import { AccountDirectory } from './account-directory.ts';
import type { Username } from '../../../wire/text.ts';
import { DirectoryCopy } from './directory-copy.ts';
import { maxDirectorySize } from './stored-directory.ts';

const { sha256, verify } = ciphers;
const server = new Signer('server');

const linkEntry = (name: string, link: Uint8Array) =>
  directoryEntry(directoryTag(sha256, name), link);
const wordEntry = (name: string, word: 'reset' | 'removed') =>
  directoryEntry(directoryTag(sha256, name), word);
const putBack = (run: number) => directoryEntry(tagOfRun(run), 'put-back');

/** Hashes of the links of somebody's chain. */
const hashes = (of: Somebody) => of.links.map(({ hash }) => hash);
const entriesOf = (of: Somebody) => hashes(of).map((hash) => linkEntry(of.name, hash));

/** A directory that answers as it likes. */
class ShownDirectory {
  entries: Uint8Array[];
  signer = server;
  isSilent = false;
  /** How many entries it says there are, where that is not true. */
  claimed: number | undefined;
  refusal: FailureCode = 'unknown-request';
  asked = 0;

  constructor(...entries: readonly Uint8Array[][]) {
    this.entries = entries.flat();
  }

  answer(after: number): object {
    this.asked += 1;
    const code = this.refusal;
    if (this.isSilent) return { verb: 'FAILED', request: 'DIRECTORY', code, text: failures[code] };
    const copy = new DirectoryCopy(sha256, concatBytes(...this.entries));
    const head = { size: this.claimed ?? copy.size, hash: copy.root(), at: 5 };
    const page = concatBytes(...this.entries.slice(after, after + maxDirectoryPage));
    return {
      verb: 'DIRECTORY',
      ...head,
      hash: encodeBase64url(head.hash),
      signature: encodeBase64url(this.signer.sign(headToSign(head))),
      ...(page.length > 0 && { entries: encodeBase64url(page) }),
    };
  }
}

interface Scene {
  readonly directory: AccountDirectory;
  /** Everything of one login has come. */
  readonly login: (hasRuns?: boolean) => Promise<string[]>;
  readonly news: () => string[];
  readonly met: string[];
  readonly released: () => number;
}

const alice = new Somebody('alice');
const file = () => ({ bytes: undefined as Uint8Array | undefined });
/** What a device tells of what the server has shown it. */
const signedHead = (size: number, hash: Uint8Array, at = 1, by = server): ToldHead => {
  const head = { size, hash, at };
  return { ...head, signature: by.sign(headToSign(head)) };
};

function scene(
  shown: ShownDirectory,
  {
    disk = file(),
    me = alice,
    now = { at: 1000 },
    knows = ['bob'],
    sha256 = ciphers.sha256,
    refreshOwn = async (): Promise<Refreshed> => 'answered',
  } = {},
): Scene {
  const told: string[] = [];
  const met: string[] = [];
  let released = 0;
  const own = async (): Promise<VerifiedChain> => {
    return { chain: me.account, root16: me.root16, links: [] };
  };
  const directory = new AccountDirectory({
    me: me.name,
    sha256,
    verify,
    store: {
      load: async () => disk.bytes,
      save: async (bytes) => void (disk.bytes = bytes),
    },
    now: () => now.at,
    server: async () => server.key,
    own,
    refreshOwn,
    meet: async (user) => met.push(user),
    people: async () => knows as Username[],
    news: (news) => {
      const { kind } = news;
      const alarm = kind === 'alarm' ? news.alarm : undefined;
      const about = alarm !== undefined && 'user' in alarm ? ` ${alarm.user}` : '';
      told.push(alarm === undefined ? kind : `${alarm.kind}${about}`);
    },
    released: () => (released += 1),
  });
  const requests = new PendingRequests((line) => {
    const { label, after } = JSON.parse(line.slice(line.indexOf(' '))) as {
      label: string;
      after: number;
    };
    setImmediate(() => requests.receive({ label, ...shown.answer(after) } as ExtendedEvent));
  });
  const news = () => told.splice(0);
  return {
    directory,
    met,
    news,
    released: () => released,
    login: async (hasRuns = true) => {
      const welcome = { verb: 'WELCOME', user: me.name, links: 1, ...(hasRuns && { runs: [1] }) };
      directory.login(requests, welcome as unknown as ExtendedEventOf<'WELCOME'>);
      await directory.settled();
      return news();
    },
  };
}

/** What `directory` says of an answer to ACCOUNT. */
async function takes(directory: AccountDirectory, of: Somebody, links = hashes(of)) {
  return (await directory.expect(of.name))(links);
}

test('a list that only grows is kept, over starts and pages, and asked for from where the copy ends', async () => {
  const bob = new Somebody('bob');
  const many = Array.from({ length: 2100 }, (_, n) =>
    linkEntry(`user${n}`, sha256(Uint8Array.of(n & 255, n >> 8))),
  );
  const shown = new ShownDirectory(entriesOf(alice), many);
  const disk = file();
  const first = scene(shown, { disk });
  assert.deepEqual(await first.login(), []);
  assert.equal(shown.asked, 3);
  shown.entries.push(...entriesOf(bob));
  const again = scene(shown, { disk });
  assert.deepEqual(await again.login(), []);
  assert.equal(shown.asked, 4);
  assert.deepEqual(await again.directory.state(), { size: 2102, alarms: [] });
  // Of people whose devices are used here what is new is asked for.
  assert.deepEqual(again.met, ['bob']);
  assert.equal(await again.directory.isHeld(), false);
});

test('LIE: a link is hidden. The list has more of somebody than the server shows', async () => {
  const bob = new Somebody('bob');
  const before = hashes(bob);
  const stolen = bob.adds('laptop');
  bob.revokes(stolen, 'stolen');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  const { directory, login, news } = scene(shown);
  await login();
  assert.equal(await takes(directory, bob), true);
  for (const links of [before, []]) {
    const one = scene(shown);
    await one.login();
    assert.equal(await takes(one.directory, bob, links), false);
    assert.deepEqual(one.news(), ['hidden bob']);
    assert.equal(await one.directory.isHeld(), true);
  }
  assert.deepEqual(news(), []);
});

test('LIE: a device is added, or another account shown, to one person alone: it is not in the list', async () => {
  const bob = new Somebody('bob');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  bob.adds('ghost');
  for (const shownAs of [bob, new Somebody('bob', 'impostor')]) {
    const { directory, login, news } = scene(shown);
    await login();
    assert.equal(await takes(directory, shownAs), false);
    assert.deepEqual(news().length, 1);
    assert.equal(await directory.isHeld(), true);
  }
});

test('LIE: a device is added to the list in the name of this account', async () => {
  const me = new Somebody('alice');
  const shown = new ShownDirectory(entriesOf(me), [linkEntry('alice', sha256(Uint8Array.of(1)))]);
  const { directory, login } = scene(shown, { me });
  assert.deepEqual(await login(), ['not-ours']);
  assert.equal(await directory.isHeld(), true);
});

test('an own link that only the list has is a lie once the server has shown the own chain, or will not, again and again', async () => {
  const me = new Somebody('alice');
  const shown = new ShownDirectory(entriesOf(me), [linkEntry('alice', sha256(Uint8Array.of(1)))]);
  const answers: Refreshed[] = [];
  const refreshOwn = async (): Promise<Refreshed> => answers.shift() ?? 'gone';
  const { directory, login } = scene(shown, { me, refreshOwn });
  // No connection holds for long enough: nothing is known of it.
  for (let at = 0; at < 5; at++) assert.deepEqual(await login(), []);
  answers.push('refused', 'refused', 'refused');
  assert.deepEqual([await login(), await login()], [[], []]);
  assert.equal(await directory.isHeld(), false);
  assert.deepEqual(await login(), ['not-ours']);
});

test('LIE, or a server that grows: a list that is too long to be compared holds everything until the person takes that', async () => {
  const bob = new Somebody('bob');
  const disk = file();
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  await scene(shown, { disk }).login();
  shown.claimed = maxDirectorySize + 1;
  const { directory, login, news, released } = scene(shown, { disk });
  assert.deepEqual(await login(), ['too-long']);
  assert.equal(await directory.isHeld(), true);
  assert.equal(await takes(directory, bob), false);
  assert.deepEqual(await directory.state(), {
    size: 2,
    alarms: [{ kind: 'too-long' }],
    isTooLong: true,
  });
  assert.equal(directory.headFor('#team'), undefined);
  assert.equal(await directory.accept(), true);
  assert.deepEqual([released(), await directory.isHeld()], [1, false]);
  assert.equal(await takes(directory, bob), true);
  assert.deepEqual(news(), []);
  // It stays to be seen, and is said at each start.
  assert.deepEqual((await directory.state()).isTooLong, true);
  const next = scene(shown, { disk });
  assert.deepEqual(await next.login(), ['not-compared']);
  assert.deepEqual(await next.login(), []);
  assert.equal(await next.directory.isHeld(), false);
  // Where it is short again it is compared, with what was known, and told anew if it grows again.
  shown.claimed = undefined;
  shown.entries.pop();
  assert.deepEqual(await next.login(), ['older-list']);
  assert.equal(await next.directory.accept(), true);
  assert.deepEqual(await next.login(), []);
  shown.claimed = maxDirectorySize + 1;
  assert.deepEqual(await next.login(), ['too-long']);
});

test('LIE: another list than before, in whichever place, with entries exchanged, left out or put between', async () => {
  const people = ['bob', 'carol', 'dave'].flatMap((name) => entriesOf(new Somebody(name)));
  const lie = entriesOf(new Somebody('bob', 'impostor'));
  const [bob = lie[0], carol = lie[0], dave = lie[0]] = people;
  assert.ok(bob && carol && dave && lie[0]);
  const lies = [
    [lie[0], carol, dave],
    [bob, carol, lie[0], dave, dave],
    [bob, dave],
    [lie[0], bob, carol, dave],
    [bob, carol, dave, lie[0]].reverse(),
  ];
  for (const entries of lies) {
    const shown = new ShownDirectory(entriesOf(alice), people);
    const disk = file();
    await scene(shown, { disk }).login();
    shown.entries = [...entriesOf(alice), ...entries];
    const { directory, login } = scene(shown, { disk });
    assert.deepEqual(await login(), ['other-list']);
    assert.equal(directory.headFor('#team'), undefined);
    // It is told at every start until the person decides, also where the server shows the old list again.
    shown.entries = [...entriesOf(alice), ...people];
    const later = scene(shown, { disk });
    assert.deepEqual(await later.login(), ['other-list']);
    assert.equal(await later.directory.isHeld(), true);
  }
});

test('LIE: an old list is shown, or none any more, or one that somebody else has signed', async () => {
  const all = [entriesOf(alice), entriesOf(new Somebody('bob'))];
  const lies: readonly [string, (shown: ShownDirectory) => void, boolean?][] = [
    ['older-list', (shown) => shown.entries.pop()],
    ['no-list', (shown) => (shown.isSilent = true)],
    ['no-list', (shown) => (shown.signer = new Signer('another server'))],
    ['no-list', () => {}, false],
  ];
  for (const [alarm, lie, hasRuns] of lies) {
    const shown = new ShownDirectory(...all);
    const disk = file();
    await scene(shown, { disk }).login();
    lie(shown);
    const { directory, login } = scene(shown, { disk });
    assert.deepEqual(await login(hasRuns), [alarm]);
    assert.equal(await directory.isHeld(), true);
  }
});

test('LIE: a key is given that is of no device: held, and taken only after the person has', async () => {
  const shown = new ShownDirectory(entriesOf(alice));
  const { directory, login, news, released } = scene(shown);
  await login();
  assert.equal(await directory.swappedKey('bob'), false);
  assert.deepEqual(news(), ['swapped-key bob']);
  assert.equal(await directory.swappedKey('bob'), false);
  assert.deepEqual(news(), []);
  assert.equal(await directory.accept(), true);
  assert.deepEqual([released(), await directory.isHeld()], [1, false]);
  assert.equal(await directory.swappedKey('bob'), true);
  assert.equal(await directory.accept(), false);
});

test('LIE: different people are shown different lists, which they compare', async () => {
  const [bob, carol] = [new Somebody('bob'), new Somebody('carol')];
  const ghost = entriesOf(new Somebody('carol', 'impostor'));
  const now = { at: 1000 };
  const toAlice = new ShownDirectory(entriesOf(alice), entriesOf(bob), entriesOf(carol));
  const toBob = new ShownDirectory(entriesOf(alice), entriesOf(bob), ghost);
  const mine = scene(toAlice, { now });
  const theirs = scene(toBob, { me: bob, now });
  assert.deepEqual([await mine.login(), await theirs.login()], [[], []]);
  assert.equal(theirs.directory.headFor('#team'), undefined, 'not in the rush of the start');
  now.at += 60_000;
  const head = theirs.directory.headFor('#team');
  assert.ok(head);
  assert.equal(theirs.directory.headFor('#team'), undefined, 'once a day');
  mine.directory.heard('bob', bob.signer.key, head);
  await mine.directory.settled();
  assert.deepEqual(mine.news(), ['differs bob']);
  assert.equal(await mine.directory.isHeld(), true);
  // A list of which more was shown to somebody else is fetched first.
  const later = scene(toAlice, { now });
  await later.login();
  toAlice.entries.push(wordEntry('bob', 'reset'));
  const full = scene(toAlice, { me: bob, now: { at: 1000 } });
  await full.login();
  now.at += 60_000;
  const grown = new DirectoryCopy(sha256, concatBytes(...toAlice.entries));
  const told = signedHead(grown.size, grown.root());
  later.directory.heard('bob', bob.signer.key, told);
  await later.directory.settled();
  assert.deepEqual(later.news(), []);
  later.directory.heard('bob', bob.signer.key, signedHead(grown.size + 1, grown.root()));
  await later.directory.settled();
  assert.deepEqual(
    later.news(),
    ['differs bob'],
    'the server hides from this one what it showed bob',
  );
});

test('no lie of the server: what somebody makes up of it, which is told once and holds up nothing', async () => {
  const mallory = new Somebody('mallory');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(mallory));
  const { directory, login, news } = scene(shown);
  await login();
  const { asked } = shown;
  for (const size of [1, 2, 3]) {
    const made = signedHead(size, sha256(Uint8Array.of(size)), 1, new Signer('mallory'));
    directory.heard('mallory', mallory.signer.key, made);
    await directory.settled();
  }
  assert.deepEqual(news(), ['unproven']);
  assert.equal(await directory.isHeld(), false);
  assert.equal(shown.asked, asked);
});

test('what others were shown is compared later where the server gives no answer to it', async () => {
  const bob = new Somebody('bob');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  const { directory, login, news } = scene(shown);
  await login();
  const copy = new DirectoryCopy(sha256, concatBytes(...shown.entries));
  const told = signedHead(copy.size + 1, copy.root());
  shown.isSilent = true;
  shown.refusal = 'store-failed';
  directory.heard('bob', bob.signer.key, told);
  await directory.settled();
  assert.deepEqual(news(), []);
  shown.isSilent = false;
  assert.deepEqual(await login(), ['differs bob']);
});

test('no lie: a list of which others were shown more, heard of while there is no connection, is compared at the next login', async () => {
  const bob = new Somebody('bob');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  const { directory, login, news } = scene(shown);
  await login();
  const other = new Somebody('carol');
  shown.entries.push(...entriesOf(other));
  const grown = new DirectoryCopy(sha256, concatBytes(...shown.entries));
  directory.logout();
  directory.heard('bob', bob.signer.key, signedHead(grown.size, grown.root()));
  await directory.settled();
  assert.deepEqual(news(), []);
  assert.equal(await directory.isHeld(), false);
  assert.deepEqual(await login(), []);
  // It was not forgotten.
  const lie = signedHead(grown.size + 1, grown.root());
  directory.logout();
  directory.heard('bob', bob.signer.key, lie);
  await directory.settled();
  assert.deepEqual(await login(), ['differs bob']);
});

test('somebody who says another list again and again makes no work after the first alarm', async () => {
  const bob = new Somebody('bob');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  const { directory, login, news } = scene(shown);
  await login();
  const copy = new DirectoryCopy(sha256, concatBytes(...shown.entries));
  const told = signedHead(copy.size + 1, copy.root());
  const says = async () => {
    directory.heard('bob', bob.signer.key, told);
    await directory.settled();
    return news();
  };
  assert.deepEqual(await says(), ['differs bob']);
  const { asked } = shown;
  assert.deepEqual(await says(), []);
  await directory.accept();
  assert.deepEqual(await says(), []);
  assert.equal(shown.asked, asked);
});

test('no lie: a server that was put back says so. What it had shown before is remembered', async () => {
  const [bob, carol] = [new Somebody('bob'), new Somebody('carol')];
  const now = { at: 1000 };
  const disk = file();
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob), entriesOf(carol));
  const before = scene(shown, { disk, now });
  await before.login();
  now.at += 60_000;
  const old = before.directory.headFor('#team');
  assert.ok(old);
  shown.entries = [...entriesOf(alice), putBack(7), ...entriesOf(bob)];
  const after = scene(shown, { disk, now });
  assert.deepEqual(await after.login(), ['put-back']);
  assert.equal(await after.directory.isHeld(), false);
  // carol's device has not been here again, and what is known of it is no lie.
  assert.equal(await takes(after.directory, carol), true);
  // What somebody said before is of the list of before.
  after.directory.heard('bob', bob.signer.key, old);
  await after.directory.settled();
  assert.deepEqual(after.news(), []);
  // Of what was lost more may have been said than this device had seen; for a day that is nobody's lie.
  const lost = sha256(Uint8Array.of(9));
  after.directory.heard('bob', bob.signer.key, signedHead(9, lost, now.at));
  await after.directory.settled();
  assert.deepEqual(after.news(), []);
  after.directory.heard('bob', bob.signer.key, signedHead(9, lost, now.at + 2 * 86_400_000));
  await after.directory.settled();
  assert.deepEqual(
    after.news(),
    ['differs bob'],
    'bob was never told that the server was put back',
  );
});

test('no lie: a server that was put back had lost a link when it was asked, and its list has got it again since', async () => {
  const bob = new Somebody('bob');
  bob.adds('bob 2');
  const [root, added] = entriesOf(bob);
  assert.ok(root && added);
  const shown = new ShownDirectory(entriesOf(alice), [root, added]);
  const { directory, login, news } = scene(shown);
  await login();
  // Asked as the first thing of a login, and answered before bob's device has brought the link again.
  const fits = await directory.expect('bob');
  shown.entries = [...entriesOf(alice), root, putBack(7), added];
  assert.equal(await fits(hashes(bob).slice(0, 1)), true);
  assert.deepEqual(news(), ['put-back']);
  assert.equal(await directory.isHeld(), false);
  // From now on it has to show it.
  assert.equal(await takes(directory, bob, hashes(bob).slice(0, 1)), false);
  assert.deepEqual(news(), ['hidden bob']);
});

test('what was lost is held against heads and links at little cost, however often', async () => {
  const many = Array.from({ length: 3000 }, (_, n) =>
    linkEntry(`user${n}`, sha256(Uint8Array.of(n & 255, n >> 8))),
  );
  const lost = new Somebody('bob');
  let hashes = 0;
  const counting: typeof sha256 = (bytes) => {
    hashes += 1;
    return sha256(bytes);
  };
  const shown = new ShownDirectory(entriesOf(alice), many, entriesOf(lost));
  const before = new DirectoryCopy(sha256, concatBytes(...shown.entries));
  const { directory, login, news } = scene(shown, { sha256: counting });
  await login();
  shown.entries = [...entriesOf(alice), ...many, putBack(7)];
  assert.deepEqual(await login(), ['put-back']);
  assert.equal((await directory.state()).isPutBack, true);
  const hears = async (device: number) => {
    directory.heard('bob', Uint8Array.of(device), signedHead(before.size, before.root(), 1));
    await directory.settled();
    assert.equal(await takes(directory, lost), true);
  };
  await hears(1);
  hashes = 0;
  for (let device = 2; device < 12; device++) await hears(device);
  assert.deepEqual(news(), []);
  assert.ok(hashes < 1000, String(hashes));
});

test('no lie: an account that was reset, a link of just now, and a server without a list', async () => {
  const bob = new Somebody('bob');
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(bob));
  const { directory, login, news } = scene(shown);
  await login();
  const expected = await directory.expect('bob');
  const again = new Somebody('bob', 'another device');
  shown.entries.push(wordEntry('bob', 'reset'), ...entriesOf(again));
  assert.equal(await expected(hashes(again)), true);
  again.adds('laptop');
  shown.entries.push(...entriesOf(again).slice(1));
  assert.equal(await takes(directory, again), true);
  assert.deepEqual(news(), []);
  const none = new ShownDirectory();
  none.isSilent = true;
  const without = scene(none);
  assert.deepEqual(await without.login(), []);
  assert.equal(await takes(without.directory, bob), true);
  assert.deepEqual(await without.directory.state(), { size: undefined, alarms: [] });
});

test('the person takes what the server shows: from then on that counts, and another lie is told again', async () => {
  const shown = new ShownDirectory(entriesOf(alice), entriesOf(new Somebody('bob')));
  const disk = file();
  const one = scene(shown, { disk });
  await one.login();
  shown.entries = [...entriesOf(alice), ...entriesOf(new Somebody('bob', 'impostor'))];
  assert.deepEqual(await one.login(), ['other-list']);
  assert.equal(await one.directory.accept(), true);
  const next = scene(shown, { disk });
  assert.deepEqual(await next.login(), []);
  assert.equal((await next.directory.state()).size, 2);
  shown.entries.pop();
  assert.deepEqual(await next.login(), ['older-list']);
});

test('a copy that is damaged is told, and made anew', async () => {
  const shown = new ShownDirectory(entriesOf(alice));
  const disk = file();
  await scene(shown, { disk }).login();
  assert.ok(disk.bytes);
  disk.bytes[disk.bytes.length - 1] = (disk.bytes.at(-1) ?? 0) ^ 1;
  const again = scene(shown, { disk });
  assert.deepEqual(await again.login(), ['damaged']);
  assert.deepEqual(await scene(shown, { disk }).login(), []);
});
