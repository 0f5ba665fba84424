// Sealed groups over a real server, with real keys and nothing of helo's client: what is founded, entered and said there
// is read by its members, stands in the log after a kill of the server, and is told to nobody who can't take part.

import assert from 'node:assert/strict';
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { createDevice, encodeDevice } from '../../src/e2ee/device.ts';
import { applyCommit, prepareRemoval } from '../../src/e2ee/group/commits.ts';
import { enterGroup } from '../../src/e2ee/group/entry.ts';
import { foundGroup } from '../../src/e2ee/group/found-group.ts';
import { exportTree, groupInfo } from '../../src/e2ee/group/group-info.ts';
import { openInGroup, readGroupMessage, sealInGroup } from '../../src/e2ee/group/group-message.ts';
import { members, type GroupSession } from '../../src/e2ee/group/group-session.ts';
import { adopt } from '../../src/e2ee/group/pending-commit.ts';
import { drawGroupId } from '../../src/e2ee/group/profile.ts';
import { followCommit, readTree } from '../../src/e2ee/group/replay.ts';
import { suiteName } from '../../src/e2ee/suite.ts';
import { decodeBase64url, encodeBase64url } from '../../src/lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/lib/bytes.ts';
import { foldChain, type AccountChain } from '../../src/wire/statements/account-chain.ts';
import {
  encodeLink,
  linkToSign,
  parseLink,
  rootContent,
} from '../../src/wire/statements/chain-link.ts';
import {
  encodeRecord,
  parseRecord,
  recordToSign,
  type RecordBody,
} from '../../src/wire/statements/roster-record.ts';
import { noStatement } from '../../src/wire/statements/statement.ts';
import type { GroupName, Username } from '../../src/wire/text.ts';
import {
  connectExtended,
  prove,
  type ExtendedClient,
  type Heard,
} from '../support/extended-client.ts';
import { suite, value } from '../support/pair.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { ciphers, sureOf } from '../support/statements.ts';
import { temporaryFolder } from '../support/temporary.ts';

const bytesOf = (text: unknown): Uint8Array => decodeBase64url(String(text)) ?? assert.fail();

/** Somebody with an account, their keys, and their session of the one group. */
class Member {
  readonly name: string;
  readonly device: Awaited<ReturnType<typeof createDevice>>;
  readonly key: KeyObject;
  readonly link: Uint8Array;
  readonly account: AccountChain;
  session: GroupSession | undefined;
  client!: ExtendedClient;
  #last = 0;

  private constructor(name: string, device: Member['device']) {
    this.name = name;
    this.device = device;
    const secret = encodeDevice(device).slice(13, 45);
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]);
    this.key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const content = rootContent(name as Username, device.publicKey, 1);
    this.link = encodeLink(content, sign(null, linkToSign(content), this.key));
    const folded = foldChain([sureOf(parseLink(this.link))]);
    this.account = folded.ok ? folded.value : assert.fail();
  }

  static async create(name: string): Promise<Member> {
    return new Member(name, await createDevice(suite));
  }

  get identity() {
    return { root: this.account.root16, name: this.name };
  }

  get id(): string {
    return `s.${++this.#last}`;
  }

  async comes(t: TestContext, at: Listener, can: readonly string[] = ['sealed']): Promise<Heard> {
    const client = await connectExtended(t, at);
    const device = { key: this.key, id: encodeBase64url(this.device.publicKey) };
    await prove(client, this.name, device, { can });
    const welcome = await client.hears('WELCOME');
    await client.hears('STOCK_LOW');
    if (can.length > 0) this.client = client;
    return welcome;
  }

  record(body: RecordBody, groupId: Uint8Array, n: number, prev: Uint8Array): string {
    const { root16 } = this.account;
    const content = { groupId, n, prev, at: 1, body, root16, device: this.device.publicKey };
    return encodeBase64url(encodeRecord(content, sign(null, recordToSign(content), this.key)));
  }

  async founds(group: string): Promise<Heard> {
    const groupId = drawGroupId(suite);
    this.session = await foundGroup(suite, this.device, this.identity, groupId);
    const charter: RecordBody = {
      kind: 'charter',
      group: group as GroupName,
      mode: 'open',
      suite: suiteName,
      admins: [this.account.root16],
    };
    const { answer } = await this.client.ask('COMMIT', {
      in: `#${group}`,
      id: this.id,
      kind: 'found',
      seen: 0,
      on: 0,
      info: encodeBase64url(await groupInfo(this.session)),
      tree: encodeBase64url(await exportTree(this.session)),
      records: [this.record(charter, groupId, 0, noStatement)],
      chain: [encodeBase64url(this.link)],
    });
    return answer;
  }

  /** What the server says of a group, and what comes before. */
  asksGroup(group: string, want: string) {
    this.client.say('GROUP', { label: 'g', in: `#${group}`, want });
    return this.client.until('GROUP');
  }

  /** Enters by what the server hands out alone. */
  async enters(group: string): Promise<Heard> {
    const place = `#${group}`;
    const tree = await this.asksGroup(group, 'tree');
    const parts = tree.before.filter(({ verb }) => verb === 'TREE_PART');
    const bytes = Buffer.concat(parts.map((part) => bytesOf(part['bytes'])));
    const from = Number(parts[0]?.['at']);
    let base = value(await readTree(suite, bytes, () => true));
    const log = await this.client.ask('COMMITS', { in: place, after: from });
    for (const line of log.before) {
      if (line['commit'] === undefined) continue;
      base = value(await followCommit(suite, base, bytesOf(line['commit']), () => undefined)).group;
    }
    const { head, infos, last } = tree.event as unknown as {
      readonly head: string;
      readonly infos: readonly { readonly info: string }[];
      readonly last: number;
    };
    const data = { on: last, rosterHead: bytesOf(head) };
    const info = bytesOf(infos[0]?.info);
    const entry = value(await enterGroup(suite, this.device, this.identity, base, info, data));
    const { answer } = await this.client.ask('COMMIT', {
      in: place,
      id: this.id,
      kind: 'enter',
      seen: last,
      on: last,
      commit: encodeBase64url(entry.commit),
      info: encodeBase64url(entry.info),
      chain: [encodeBase64url(this.link)],
    });
    if (answer.verb === 'SENT') this.session = value(adopt(undefined, entry.pending));
    return answer;
  }

  async follows(line: Heard): Promise<string> {
    assert.ok(this.session);
    const applied = value(
      await applyCommit(this.session, bytesOf(line['commit']), () => undefined),
    );
    this.session = applied.kind === 'in' ? applied.session : undefined;
    return applied.kind;
  }

  async says(group: string, text: string, on: number): Promise<Heard> {
    assert.ok(this.session);
    const data = { on, textId: new Uint8Array(16) };
    const sealed = await sealInGroup(this.session, encodeUtf8(text), data);
    this.session = sealed.session;
    const said = {
      in: `#${group}`,
      id: this.id,
      seen: on,
      on,
      sealed: encodeBase64url(sealed.bytes),
    };
    return (await this.client.ask('SEND', said)).answer;
  }

  async reads(line: Heard): Promise<string> {
    assert.ok(this.session);
    const sealed = value(readGroupMessage(bytesOf(line['sealed'])));
    const opened = value(await openInGroup(this.session, sealed));
    this.session = opened.session;
    return decodeUtf8(opened.content) ?? '';
  }

  async kicks(group: string, other: Member, on: number, head: Uint8Array, n: number) {
    assert.ok(this.session);
    const groupId = Buffer.from(this.session.groupId, 'hex');
    const out: RecordBody = { kind: 'out', root16: other.account.root16, word: 'ban' };
    const record = this.record(out, groupId, n, head);
    const rosterHead = ciphers.sha256(bytesOf(record));
    assert.ok(parseRecord(bytesOf(record)));
    const leaf = members(this.session).find(({ identity }) => identity.name === other.name);
    const made = value(await prepareRemoval(this.session, [leaf?.leaf ?? -1], { on, rosterHead }));
    const { answer } = await this.client.ask('COMMIT', {
      in: `#${group}`,
      id: this.id,
      kind: 'remove',
      seen: on,
      on,
      commit: encodeBase64url(made.commit),
      info: encodeBase64url(made.info),
      records: [record],
    });
    this.session = value(adopt(this.session, made.pending));
    return answer;
  }
}

test('[13.7] founded, entered, read, kept over a kill, and closed to whoever is kicked', async (t) => {
  const folder = await temporaryFolder(t);
  const args = ['--ping-interval', '0', '--data', folder];
  let server = await startServerProgram(t, { args });
  const [alice, bob, carol] = [
    await Member.create('alice'),
    await Member.create('bob'),
    await Member.create('carol'),
  ];
  await alice.comes(t, server.plain);
  await bob.comes(t, server.plain);
  assert.deepEqual((await alice.founds('lunch'))['seq'], 1);
  const entered = await bob.enters('lunch');
  assert.deepEqual([entered.verb, entered['seq']], ['SENT', 2], JSON.stringify(entered));
  const { event: entry } = await alice.client.until('MSG');
  assert.equal(await alice.follows(entry), 'in');
  assert.equal((await alice.says('lunch', 'nobody else reads this', 2)).verb, 'SENT');
  const { event: said } = await bob.client.until('MSG');
  assert.equal(await bob.reads(said), 'nobody else reads this');

  // A program of bob's that can't take part hears of nothing.
  const welcome = await bob.comes(t, server.plain, []);
  assert.deepEqual(
    (welcome['conversations'] as { in: string }[]).map((one) => one.in),
    ['lobby'],
  );

  await server.kill();
  server = await startServerProgram(t, { args });
  const back = await alice.comes(t, server.plain);
  const [, lunch] = back['conversations'] as { sealed: boolean; lastCommit: number }[];
  assert.deepEqual([lunch?.sealed, lunch?.lastCommit], [true, 2]);
  await bob.comes(t, server.plain);
  await carol.comes(t, server.plain);
  const late = await carol.enters('lunch');
  assert.deepEqual([late.verb, late['seq']], ['SENT', 4], JSON.stringify(late));
  for (const one of [alice, bob]) {
    const { event } = await one.client.until('MSG');
    assert.equal(await one.follows(event), 'in');
  }

  const { event: group } = await alice.asksGroup('lunch', 'info');
  const kicked = await alice.kicks('lunch', bob, 4, bytesOf(group['head']), 1);
  assert.equal(kicked.verb, 'SENT', JSON.stringify(kicked));
  const { event: removal } = await carol.client.until('MSG');
  assert.equal(await carol.follows(removal), 'in');
  const { event: own } = await bob.client.until('MSG');
  assert.equal(await bob.follows(own), 'out');
  await bob.client.until('LEFT');
  assert.equal((await alice.says('lunch', 'without him', 5)).verb, 'SENT');
  const { event: after } = await carol.client.until('MSG');
  assert.equal(await carol.reads(after), 'without him');
  const refused = await bob.client.ask('GROUP', { in: '#lunch' });
  assert.equal(refused.answer['code'], 'not-admitted');
  const { before: lines } = await carol.client.ask('COMMITS', { in: '#lunch', after: 0 });
  assert.deepEqual(
    lines.map((line) => [line['seq'], line['kind']]),
    [
      [1, 'found'],
      [2, 'enter'],
      [4, 'enter'],
      [5, 'remove'],
    ],
  );
  const roster = await carol.asksGroup('lunch', 'roster');
  const [items] = roster.before;
  assert.deepEqual(
    ((items?.['items'] ?? []) as object[]).map((item) => Object.keys(item)[1]),
    ['founded', 'entry', 'entry', 'record'],
  );
});
