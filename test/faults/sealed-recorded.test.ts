// A server that records: every byte on the wire, its database, its disk and its backup, after a session with entries, kicks,
// renewed keys and a restart. Nothing of what was said in sealed groups is in it, in no encoding; and whoever was kicked,
// with their real state from before and all of it, reads nothing that was said after.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { rotateAfterTexts } from '../../src/client/encryption/group/limits.ts';
import { sessionPrefix } from '../../src/client/encryption/group/sealed-group.ts';
import { decodeStoredGroup } from '../../src/client/encryption/group/stored-group.ts';
import { connect } from '../../src/library/connect.ts';
import { applyCommit } from '../../src/e2ee/group/commits.ts';
import { openInGroup, readGroupMessage } from '../../src/e2ee/group/group-message.ts';
import type { GroupSession } from '../../src/e2ee/group/group-session.ts';
import { decodeGroupSession } from '../../src/e2ee/group/storage/stored-session.ts';
import { decodeBase64url } from '../../src/lib/base64url.ts';
import { parseHex } from '../../src/lib/bytes.ts';
import { accountPorts } from '../../src/platform/node/client-ports.ts';
import { readServerAddress } from '../../src/platform/node/server-address.ts';
import type { Username } from '../../src/wire/text.ts';
import { value } from '../support/pair.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { comes } from '../support/sealed-chats.ts';
import { startRecordingProxy } from '../support/servers/recording-proxy.ts';
import { copyData, temporaryFolder } from '../support/temporary.ts';

/** `text` as somebody could have written it down, each to be searched for as bytes. */
function encodingsOf(text: string): readonly Buffer[] {
  const utf8 = Buffer.from(text);
  const wide = Buffer.from(text, 'utf16le');
  // Of three bytes four characters are made: only those that depend on nothing around them are searched for.
  const base64 = [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), utf8]);
    const from = Math.ceil((shift * 8) / 6);
    const inner = whole.toString('base64').replace(/=+$/, '').slice(from, -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const hex = utf8.toString('hex');
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return [
    utf8,
    wide,
    Buffer.from(wide).swap16(),
    ...[...base64, hex, hex.toUpperCase(), escaped].map((one) => Buffer.from(one)),
  ];
}

function isIn(haystacks: readonly Buffer[], text: string): boolean {
  const needles = encodingsOf(text);
  return haystacks.some((haystack) => needles.some((needle) => haystack.includes(needle)));
}

async function filesIn(folder: string): Promise<readonly Buffer[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name));
  const files: Buffer[] = [];
  for (const path of paths) if ((await stat(path)).isFile()) files.push(await readFile(path));
  return files;
}

/** A line of the log of the group, as the server has sent it. */
interface Line {
  readonly seq: number;
  readonly kind?: string;
  readonly sealed?: string;
  readonly commit?: string;
}

function linesOf(streams: readonly Buffer[]): readonly Line[] {
  const lines = new Map<number, Line>();
  for (const stream of streams) {
    for (const [, json = ''] of stream.toString('latin1').matchAll(/^MSG (\{.*\})\r?$/gm)) {
      const line = JSON.parse(json) as Line & { readonly in: string };
      if (line.in === '#lunch') lines.set(line.seq, { ...lines.get(line.seq), ...line });
    }
  }
  return [...lines.values()].sort((one, other) => one.seq - other.seq);
}

/** Bob's state, as it is on his disk. */
async function sessionOf(server: string, data: string): Promise<GroupSession> {
  const address = readServerAddress(server);
  assert.ok(address.ok);
  const place = { address: address.value, data, downloads: data, acceptUpTo: 0 };
  const login = await accountPorts('bob' as Username, place, undefined);
  assert.ok(!login.busy);
  const { keeping, suite, device } = login.ports;
  assert.ok(keeping);
  const parts = keeping.records.groupParts;
  const state = decodeStoredGroup(
    parts.find(({ part }) => part === 'state')?.bytes ?? assert.fail(),
  );
  const identity = { root: parseHex(state?.root ?? ''), name: 'bob' };
  const rest = parts
    .filter(({ part }) => part.startsWith(sessionPrefix))
    .map(({ part, bytes }) => ({ part: part.slice(sessionPrefix.length), bytes }));
  const session = value(await decodeGroupSession(suite, device, identity, rest));
  await keeping.store.close();
  return session;
}

const bytesOf = (text: string): Uint8Array => decodeBase64url(text) ?? assert.fail();

test('what is searched for is found in each encoding', () => {
  const text = 'Wömbat „17“, überall';
  for (const [at, encoding] of encodingsOf(text).entries()) {
    const around = Buffer.concat([Buffer.from('before '), encoding, Buffer.from(' after')]);
    assert.ok(isIn([around], text), String(at));
  }
  for (const before of ['', '1', '22', '333']) {
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      const written = Buffer.from(Buffer.from(`${before}${text} and more`).toString(form));
      assert.ok(isIn([written], text), `${form} behind ${before.length}`);
    }
  }
  assert.ok(!isIn([Buffer.from('Wombat 17 anywhere')], text));
});

test('a recording server has nothing of what was sealed, and neither has who was kicked of what came after', async (t) => {
  const data = await temporaryFolder(t);
  const outside = await temporaryFolder(t);
  const args = ['--data', data, '--limits', 'off'];
  let server = await startServerProgram(t, { args });
  const { port } = server.plain;
  const wire = await startRecordingProxy(t, server.plain);
  const address = `${wire.host}:${wire.port}`;
  const [alice, bob, carol] = [
    await comes(t, wire, 'alice'),
    await comes(t, wire, 'bob'),
    await comes(t, wire, 'carol'),
  ];
  const secrets: string[] = [];
  const saysSealed = async (who: typeof alice, text: string, place = '#lunch') => {
    secrets.push(text);
    await who.says(place, text);
  };
  // What was open before the group was sealed is there for whoever searches: the search finds it.
  await alice.chat.createGroup('lunch', { sealed: false });
  for (const one of [bob, carol]) await one.chat.joinGroup('lunch');
  await alice.says('#lunch', 'öpen zebra, said before');
  await alice.chat.createGroup('lunch', { sealed: true });
  // Each enters by themselves, and reads from there on.
  for (const one of [bob, carol]) await one.isTold(/you are in: /);
  await saysSealed(alice, 'sealed wombat „one“ and sööp');
  await bob.hears('#lunch alice: sealed wombat „one“ and sööp');
  await saysSealed(bob, 'sealed wombat of bob');
  await saysSealed(carol, 'a wombat for two', '@alice');
  await alice.hears('@carol carol: a wombat for two');
  // Enough for new keys.
  const many = Array.from(
    { length: rotateAfterTexts + 5 },
    (_, at) => `quokka number ${at} of many`,
  );
  secrets.push(...many);
  await Promise.all(many.map((text) => alice.says('#lunch', text)));
  await bob.hears(`#lunch alice: ${many.at(-1)}`);

  // Bob's device as it was before the kick. What is said then it may read.
  await bob.chat.close();
  const copy = join(outside, 'bob');
  await copyData(bob.data, copy);
  await saysSealed(alice, 'the last wombat that bob may read');
  await alice.chat.kick('lunch', 'bob');
  await saysSealed(alice, 'a wombat after the kick');
  await carol.hears('#lunch alice: a wombat after the kick');
  await saysSealed(carol, 'another wombat after the kick');
  await alice.hears('#lunch carol: another wombat after the kick');
  await server.kill();
  server = await startServerProgram(t, { args: [...args, '--port', String(port)] });
  for (const one of [alice, carol]) await one.isOnline();
  await saysSealed(alice, 'a wombat after the restart');
  await carol.hears('#lunch alice: a wombat after the restart');
  const backup = join(outside, 'backup');
  const made = await runProgram(t, { args: ['backup', backup, '--data', data] });
  assert.equal(made.code, 0, made.stderr);

  const disk = [...(await filesIn(data)), await readFile(backup)];
  const streams = wire.recorded();
  for (const [where, held] of [
    ['disk', disk],
    ['wire', streams],
  ] as const) {
    assert.ok(
      isIn(held, 'öpen zebra, said before'),
      `the search of the ${where} finds what is open`,
    );
    const found = secrets.filter((text) => isIn(held, text));
    assert.deepEqual(found, [], `nothing that was sealed is on the ${where}`);
    for (const word of ['wombat', 'quokka'])
      assert.ok(!isIn(held, word), `${word} on the ${where}`);
  }

  const start = await sessionOf(address, copy);
  const lines = linesOf(streams);
  const kick = lines.findLast(({ kind }) => kind === 'remove')?.seq ?? assert.fail();
  const read: string[] = [];
  const refused: number[] = [];
  let session = start;
  for (const { seq, sealed, commit } of lines) {
    // Renewed keys before the kick: a device that was away follows them.
    const change = commit === undefined || seq >= kick ? undefined : bytesOf(commit);
    const followed = change && (await applyCommit(session, change, () => undefined));
    if (followed?.ok === true && followed.value.kind === 'in') session = followed.value.session;
    const message = sealed === undefined ? undefined : readGroupMessage(bytesOf(sealed));
    if (message?.ok !== true) continue;
    const opened = await openInGroup(session, message.value);
    if (opened.ok) {
      session = opened.value.session;
      // Beside the text there is a random id.
      read.push(Buffer.from(opened.value.content).toString('latin1'));
      assert.ok(seq < kick, `line ${seq} was said after the kick`);
    } else if (seq > kick) refused.push(seq);
  }
  assert.ok(
    read.some((text) => text.includes('the last wombat that bob may read')),
    read.join(),
  );
  assert.equal(refused.length, 3, 'all that was said after the kick');
  const removal = lines.find(({ seq }) => seq === kick)?.commit ?? assert.fail();
  const applied = value(await applyCommit(session, bytesOf(removal), () => undefined));
  assert.equal(applied.kind, 'out');

  // The program itself, with the state of before.
  const again = await connect({ server: address, name: 'bob', data: copy });
  t.after(() => again.close());
  await assert.rejects(again.joinGroup('lunch'));
  const history = await again.history('#lunch', { limit: 1000 });
  assert.deepEqual(
    history.filter(({ text }) => /after the/.test(text)),
    [],
  );
});
