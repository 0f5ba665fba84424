// Two devices and a channel between them that is the server's: honest, or not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Signer, ciphers as statementCiphers, rootBy } from '../../../test/support/statements.ts';
import {
  formatLinkingCode,
  linkingSecrets,
  parseLinkingCode,
} from '../../e2ee/linking/linking-code.ts';
import { foldChain } from '../../wire/statements/account-chain.ts';
import { nodeFileCiphers as ciphers } from '../../platform/node/files/file-ciphers.ts';
import { nodeRandomBytes as random } from '../../platform/node/runtime.ts';
import type { Username } from '../../wire/text.ts';
import { encodeMessage, parseMessage, type LinkingEnd, type LinkingMessage } from './messages.ts';
import { NewDevice } from './new-device.ts';
import { digitTries, OldDevice, type AccountFacts } from './old-device.ts';

const laptop = new Signer('laptop');
const phone = new Signer('phone');
const server = random(32);
const code = random(16);

function account(of = laptop, name = 'alice', at = server): AccountFacts {
  const folded = foldChain([rootBy(of, name)]);
  assert.ok(folded.ok);
  const [root] = folded.value.steps;
  assert.ok(root);
  return { account: name as Username, root: root.hash, last: root.hash, server: at };
}

interface NewSettings {
  readonly signer?: Signer;
  readonly at?: Uint8Array;
  readonly keep?: () => Promise<LinkingEnd | undefined>;
}

async function newDevice({ signer = phone, at = server, keep }: NewSettings = {}) {
  const facts = { key: signer.key, form: 'terminal', label: 'phone', server: at } as const;
  const sign = async (bytes: Uint8Array) => signer.sign(bytes);
  const ports = { ciphers, random, sign, keep: keep ?? (async () => undefined) };
  return new NewDevice(ports, facts, await linkingSecrets(ciphers, code));
}

async function oldDevice(facts = account(), refusal?: LinkingEnd) {
  const { verify } = statementCiphers;
  const ports = { ciphers, random, verify, refusal: () => refusal };
  return new OldDevice(ports, facts, await linkingSecrets(ciphers, code));
}

type Side = NewDevice | OldDevice;

/** Carries boxes between the two until nobody has one to leave. */
async function carry(from: Side, to: Side, box: Uint8Array | undefined): Promise<void> {
  let [speaker, listener, said] = [from, to, box];
  while (said !== undefined) {
    const answer = await listener.receive(said);
    [speaker, listener, said] = [listener, speaker, answer];
  }
}

async function digitsOf(device: NewDevice): Promise<string> {
  assert.equal(device.state.phase, 'digits');
  return device.state.phase === 'digits' ? device.state.digits : '';
}

test('a code is read however it is typed, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const letters = formatLinkingCode(bytes);
      assert.match(letters, /^(?:[A-Z2-7]{4}-){6}[A-Z2-7]{2}$/);
      assert.deepEqual(parseLinkingCode(letters), bytes);
      const typed = ` ${letters.toLowerCase().replaceAll('-', ' ').replaceAll('o', '0')}`;
      assert.deepEqual(parseLinkingCode(typed.replaceAll('b', '8').replaceAll('i', '1')), bytes);
      assert.equal(parseLinkingCode(letters.slice(1)), undefined);
      assert.equal(parseLinkingCode(`${letters}A`), undefined);
      assert.equal(parseLinkingCode(`9${letters.slice(1)}`), undefined);
    }),
  );
  assert.equal(parseLinkingCode(`${'A'.repeat(25)}B`), undefined, 'the last two bits are zero');
});

test('each message has one form', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const message: fc.Arbitrary<LinkingMessage> = fc.oneof(
    fc.record({
      kind: fc.constant('hello' as const),
      key: bytes(32),
      form: fc.constantFrom('terminal' as const, 'web' as const),
      label: fc.string({ maxLength: 16 }),
      server: bytes(32),
      binding: bytes(32),
    }),
    fc.record({ kind: fc.constant('reveal' as const), nonce: bytes(32), consent: bytes(64) }),
    fc.record({ kind: fc.constant('done' as const), link: bytes(32) }),
    fc.constant({ kind: 'end', why: 'left' } as const),
  );
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (said, where, change) => {
      const encoded = encodeMessage(said);
      assert.deepEqual(parseMessage(encoded), { ...said });
      assert.equal(parseMessage(Uint8Array.of(...encoded, 0)), undefined);
      const changed = encoded.slice();
      const at = where % changed.length;
      changed[at] = (changed[at] ?? 0) ^ change;
      const read = parseMessage(changed);
      if (read !== undefined) assert.deepEqual(encodeMessage(read), changed);
    }),
  );
});

test('the digits of the new device add it at the old one', async () => {
  const [young, old] = [await newDevice(), await oldDevice()];
  await carry(young, old, await young.hello());
  await old.type(await digitsOf(young));
  assert.equal(old.state.phase, 'agreed');
  await carry(old, young, await old.added(server));
  assert.deepEqual([old.state.phase, young.state.phase], ['added', 'added']);
});

test('a chain that has grown meanwhile is agreed to once more, and not for ever', async () => {
  const [young, old] = [await newDevice(), await oldDevice()];
  await carry(young, old, await young.hello());
  await old.type(await digitsOf(young));
  const last = random(32);
  await carry(old, young, await old.again(last));
  assert.ok(old.state.phase === 'agreed');
  assert.deepEqual(old.state.device.last, last);
  await carry(old, young, await old.again(random(32)));
  assert.deepEqual(young.state, { phase: 'over', why: 'failed', by: 'there' });
});

test('wrong digits end it at the third try, on both sides', async () => {
  const [young, old] = [await newDevice(), await oldDevice()];
  await carry(young, old, await young.hello());
  const wrong = (await digitsOf(young)) === '000000' ? '000001' : '000000';
  for (let tries = 1; tries < digitTries; tries++) {
    assert.equal(await old.type(wrong), undefined);
    assert.equal(old.state.phase, 'digits');
  }
  await carry(old, young, await old.type(wrong));
  assert.deepEqual(old.state, { phase: 'over', why: 'wrong-digits', by: 'here' });
  assert.deepEqual(young.state, { phase: 'over', why: 'wrong-digits', by: 'there' });
  assert.equal(await old.type(wrong), undefined);
});

test('what cannot be a device of the account ends it on both sides, each with its reason', async () => {
  const reasons = ['known-device', 'revoked-device', 'too-many-devices'] as const;
  for (const why of reasons) {
    const [young, old] = [await newDevice(), await oldDevice(account(), why)];
    await carry(young, old, await young.hello());
    assert.deepEqual(young.state, { phase: 'over', why, by: 'there' });
  }
  const [elsewhere, old] = [await newDevice({ at: random(32) }), await oldDevice()];
  await carry(elsewhere, old, await elsewhere.hello());
  assert.deepEqual(elsewhere.state, { phase: 'over', why: 'other-server', by: 'there' });
  const [full, second] = [await newDevice({ keep: async () => 'name-in-use' }), await oldDevice()];
  await carry(full, second, await full.hello());
  assert.deepEqual(second.state, { phase: 'over', why: 'name-in-use', by: 'there' });
});

test('a server that changes, drops, repeats, reorders and adds boxes adds nothing and changes no digit', async () => {
  const stranger = await linkingSecrets(ciphers, random(16));
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom('change', 'drop', 'repeat', 'late', 'echo', 'foreign', 'pass', 'pass'),
      where: fc.nat(),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(acts, async (plan) => {
      const [young, old] = [await newDevice(), await oldDevice()];
      const passed: { to: Side; box: Uint8Array }[] = [];
      const late: { to: Side; box: Uint8Array }[] = [];
      let under = [{ to: old as Side, box: await young.hello() }];
      const deliver = async (to: Side, box: Uint8Array): Promise<void> => {
        passed.push({ to, box });
        const answer = await to.receive(box);
        if (answer !== undefined) under.push({ to: to === old ? young : old, box: answer });
      };
      for (const { act, where } of plan) {
        const next = under.shift();
        under = [...under];
        const some = passed[where % Math.max(1, passed.length)];
        if (act === 'repeat' && some !== undefined) await deliver(some.to, some.box);
        if (act === 'echo' && some !== undefined) {
          await deliver(some.to === old ? young : old, some.box);
        }
        if (act === 'foreign') {
          const [tag = random(1)] = await stranger.fromNew.seal(random(12), random(80));
          await deliver(where % 2 === 0 ? old : young, tag);
        }
        if (next === undefined || act === 'drop') continue;
        if (act === 'late') late.push(next);
        else if (act === 'change') {
          const box = next.box.slice();
          const at = where % box.length;
          box[at] = (box[at] ?? 0) ^ 1;
          await deliver(next.to, box);
        } else await deliver(next.to, next.box);
      }
      for (const { to, box } of [...under, ...late]) await deliver(to, box);
      // Nobody has typed anything: nothing is agreed.
      assert.ok(['looking', 'answered', 'digits'].includes(old.state.phase), old.state.phase);
      if (young.state.phase === 'digits' && old.state.phase === 'digits') {
        assert.equal(old.state.digits, young.state.digits);
        assert.deepEqual(old.state.device.hello.key, phone.key);
      }
    }),
    { numRuns: 60 },
  );
});

test('somebody in between who knows the code has other digits on each side', async () => {
  const thief = new Signer('thief');
  let same = 0;
  for (let round = 0; round < 40; round++) {
    const [young, old] = [await newDevice(), await oldDevice()];
    // They play the old device to the new one, and the new one to the old one.
    const toYoung = await oldDevice();
    const toOld = await newDevice({ signer: thief });
    await carry(young, toYoung, await young.hello());
    await carry(toOld, old, await toOld.hello());
    if ((await digitsOf(young)) === (await digitsOf(toOld))) same += 1;
    await old.type(await digitsOf(young));
    assert.notEqual(old.state.phase, 'agreed');
  }
  assert.equal(same, 0);
});

test('a nonce that is not the one it was bound to, or a consent of another key, is found out', async () => {
  const secrets = await linkingSecrets(ciphers, code);
  const { LinkingBoxes } = await import('../../e2ee/linking/linking-boxes.ts');
  for (const kind of ['nonce', 'consent'] as const) {
    const [young, old] = [await newDevice(), await oldDevice()];
    const boxes = new LinkingBoxes(random, { own: secrets.fromNew, other: secrets.fromOld });
    const hello = await boxes.seal(await heard(await young.hello()));
    const answer = await old.receive(hello);
    assert.ok(answer);
    const reveal = await young.receive(answer);
    assert.ok(reveal);
    const message = parseMessage(await heard(reveal));
    assert.ok(message?.kind === 'reveal');
    const false_ = kind === 'nonce' ? { nonce: random(32) } : { consent: random(64) };
    await carry(
      old,
      young,
      await old.receive(await boxes.seal(encodeMessage({ ...message, ...false_ }))),
    );
    assert.deepEqual(young.state, { phase: 'over', why: 'contradiction', by: 'there' });
  }

  async function heard(box: Uint8Array): Promise<Uint8Array> {
    const opened = await secrets.fromNew.open(box.slice(0, 12), box.slice(12));
    assert.ok(opened);
    return new Uint8Array(opened.subarray(1));
  }
});

test('two devices that answer to one code end it', async () => {
  const young = await newDevice();
  const hello = await young.hello();
  const [one, other] = [await oldDevice(), await oldDevice(account(new Signer('other'), 'bob'))];
  const [first, second] = [await one.receive(hello), await other.receive(hello)];
  assert.ok(first && second);
  await young.receive(first);
  await young.receive(second);
  assert.deepEqual(young.state, { phase: 'over', why: 'contradiction', by: 'here' });
});
