import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationName } from '../../wire/extended/names.ts';
import { nodeSha256 } from '../../platform/node/crypto/crypto-provider-hash.ts';
import { noTargetId } from '../amending/target.ts';
import type { HistoryRange, PlacedRecord } from '../store/store-port.ts';
import { textContent } from '../content.ts';
import { MessageLinks } from './message-links.ts';
import { formatPermalink, parsePermalink, permalinkAt, type Permalink } from './permalink.ts';

const identity = new Uint8Array(32).fill(7);
const [lobby, both] = ['*', '@alice,bob'] as ConversationName[] as [
  ConversationName,
  ConversationName,
];

function said(conversation: ConversationName, seq: number, textId?: string): PlacedRecord {
  return {
    conversation,
    localId: undefined,
    seq,
    at: seq,
    from: undefined,
    guest: false,
    content: textContent('x'),
    encrypted: textId !== undefined,
    key: undefined,
    textId,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
    rowId: seq,
  };
}

/** A device with `here`, and a server that has all of `there` before what is here, in pages of two. */
function device(here: PlacedRecord[], there: readonly PlacedRecord[] = []) {
  let fetched = 0;
  const links = new MessageLinks({
    sha256: nodeSha256,
    identity: () => Promise.resolve(identity),
    conversations: () => [lobby, both].map((name) => ({ name }) as never),
    historyRange: (name, range: HistoryRange) => {
      const seq = 'message' in range ? (range.message.seq ?? 0) : 0;
      const own = () => here.filter((one) => one.conversation === name);
      if (range.kind === 'before') {
        const page = there.filter((one) => one.conversation === name && (one.seq ?? 0) < seq);
        fetched += 1;
        here.unshift(...page.slice(-2).filter((one) => !here.includes(one)));
        return Promise.resolve(own());
      }
      return Promise.resolve(own().filter((one) => (one.seq ?? 0) >= seq));
    },
  });
  return { links, fetched: () => fetched };
}

function parsed(link: string): Permalink {
  const found = parsePermalink(link);
  assert.ok(found);
  return found;
}

test('a link has one form for all clients and one for a page, and no other is read', () => {
  const link = { server: 'AAAAAAAA', seq: 12, digest: 'B'.repeat(22) };
  const text = formatPermalink(link);
  assert.equal(text, `helo:AAAAAAAA/12/${'B'.repeat(22)}`);
  const page = permalinkAt('https://chat.example.org/', text);
  for (const form of [text, page, ` ${text}\n`, page.slice(page.indexOf('#'))])
    assert.deepEqual(parsePermalink(form), link, form);
  for (const wrong of [
    '',
    'helo:',
    text.replace('12', '0'),
    text.replace('12', '9'.repeat(17)),
    `${text}x`,
    text.replace('helo', 'hello'),
    `javascript:${text}`,
    text.replace('AAAAAAAA', 'AAAA'),
  ])
    assert.equal(parsePermalink(wrong), undefined, wrong);
});

test('a link leads to its message among all conversations, and says nothing of it', async () => {
  const id = 'ab'.repeat(16);
  const records = [said(lobby, 5), said(both, 5, id), said(both, 6)];
  const { links, fetched } = device(records);
  const made = await links.linkTo(said(both, 5, id));
  assert.ok(made.ok);
  assert.doesNotMatch(made.value, /alice|bob|abab/);
  const found = await links.find(parsed(made.value));
  assert.ok(found.ok && found.value === records[1]);
  assert.equal(fetched(), 0, 'what is here needs no server');
  // The same number, and another message.
  const other = await links.linkTo(said(both, 5, 'cd'.repeat(16)));
  assert.ok(other.ok && other.value !== made.value);
  assert.deepEqual(await links.find(parsed(other.value)), { ok: false, error: 'not-here' });
  const elsewhere = parsed(made.value.replace(/:.{8}/, ':AAAAAAAA'));
  assert.deepEqual(await links.find(elsewhere), { ok: false, error: 'other-server' });
});

test('what this device does not have is fetched, and not without end', async () => {
  const there = Array.from({ length: 20 }, (_, index) => said(lobby, index + 1));
  const { links, fetched } = device([said(lobby, 21)], there);
  const made = await links.linkTo(said(lobby, 14, noTargetId));
  assert.ok(made.ok);
  const found = await links.find(parsed(made.value));
  assert.ok(found.ok && found.value.seq === 14);
  assert.ok(fetched() <= 5, String(fetched()));
  const many = Array.from({ length: 500 }, (_, index) => said(lobby, index + 1));
  const far = device([said(lobby, 501)], many);
  const first = await far.links.linkTo(said(lobby, 1));
  assert.ok(first.ok);
  assert.deepEqual(await far.links.find(parsed(first.value)), { ok: false, error: 'not-here' });
  assert.ok(far.fetched() <= 52, String(far.fetched()));
});
