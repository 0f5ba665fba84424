import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addition, linkBy, rootBy, Signer } from '../../../test/support/statements.ts';
import { ok } from '../../lib/result.ts';
import {
  extendChain,
  foldChain,
  maxDevices,
  maxLinks,
  recoveryLinks,
  relateChains,
  type AccountChain,
} from './account-chain.ts';
import type { ChainLink, LinkBody } from './chain-link.ts';
import { noStatement, type Checked } from './statement.ts';

const laptop = new Signer('laptop');
const phone = new Signer('phone');
const tablet = new Signer('tablet');
const phrase = new Signer('phrase');
const thief = new Signer('thief');

/** Links, each behind the one before. */
class Links {
  readonly all: readonly Checked<ChainLink>[];

  constructor(all: readonly Checked<ChainLink>[]) {
    this.all = all;
  }

  get head(): Uint8Array {
    return this.all.at(-1)?.hash ?? noStatement;
  }

  with(signer: Signer, body: LinkBody): Links {
    return new Links([...this.all, linkBy(signer, this.head, body)]);
  }

  adding(signer: Signer, added: Signer): Links {
    return this.with(signer, addition(this.head, added));
  }

  revoking(signer: Signer, { key }: Signer): Links {
    return this.with(signer, { kind: 'revoke', key, why: 'lost' });
  }

  get refusal(): string | undefined {
    const folded = foldChain(this.all);
    return folded.ok ? undefined : folded.error;
  }

  get chain(): AccountChain {
    const folded = foldChain(this.all);
    assert.ok(folded.ok, this.refusal);
    return folded.value;
  }

  get keys(): readonly Uint8Array[] {
    return this.chain.devices.map(({ key }) => key);
  }
}

const root = new Links([rootBy(laptop, 'alice')]);
const recoverable = new Links([rootBy(laptop, 'alice', phrase)]);

test('a root is an account with one device, and its short name stays whatever devices come', () => {
  const { name, devices, root16 } = root.chain;
  assert.equal(name, 'alice');
  assert.deepEqual(devices, [{ key: laptop.key }]);
  assert.deepEqual(root16, root.head.slice(0, 16));
  const grown = root.adding(laptop, phone).revoking(phone, laptop);
  assert.deepEqual(grown.chain.root16, root16);
  assert.deepEqual(grown.keys, [phone.key]);
});

test('a device is added by a valid one and by the recovery key, and by nobody else', () => {
  assert.deepEqual(root.adding(laptop, phone).keys, [laptop.key, phone.key]);
  assert.deepEqual(recoverable.adding(phrase, phone).keys, [laptop.key, phone.key]);
  assert.equal(root.adding(thief, phone).refusal, 'wrong-signer');
  assert.equal(root.adding(phrase, phone).refusal, 'wrong-signer');
  assert.equal(root.adding(laptop, phone).adding(phone, tablet).refusal, undefined);
});

test('a revoked device signs nothing any more, and only the recovery key takes it back', () => {
  const revoked = recoverable.adding(laptop, phone).revoking(laptop, phone);
  assert.equal(revoked.adding(phone, tablet).refusal, 'wrong-signer');
  assert.equal(revoked.adding(laptop, phone).refusal, 'known-key');
  const back = revoked.adding(phrase, phone);
  assert.deepEqual(back.keys, [laptop.key, phone.key]);
  assert.deepEqual(back.chain.revoked, []);
  assert.equal(revoked.revoking(laptop, phone).refusal, 'no-such-device');
});

test('a device names the first recovery key, and only that one the next', () => {
  const named = root.with(laptop, { kind: 'recovery', key: phrase.key });
  assert.equal(named.adding(phrase, phone).refusal, undefined);
  assert.equal(named.with(laptop, { kind: 'recovery', key: thief.key }).refusal, 'wrong-signer');
  const next = named.with(phrase, { kind: 'recovery', key: tablet.key });
  assert.equal(next.adding(phrase, phone).refusal, 'wrong-signer');
  assert.equal(next.adding(tablet, phone).refusal, undefined);
});

test('the recovery key is no device and a device no recovery key', () => {
  assert.equal(recoverable.adding(laptop, phrase).refusal, 'known-key');
  assert.equal(root.with(laptop, { kind: 'recovery', key: laptop.key }).refusal, 'known-key');
});

test('a chain needs its root first and once, and its links one behind the other', () => {
  const two = root.adding(laptop, phone).adding(laptop, tablet);
  const [first, second, third] = two.all;
  assert.ok(first && second && third);
  assert.equal(new Links([]).refusal, 'no-root');
  assert.equal(new Links([second]).refusal, 'no-root');
  assert.equal(new Links([first, third]).refusal, 'not-next');
  assert.equal(new Links([first, third, second]).refusal, 'not-next');
  assert.equal(new Links([first, second, second]).refusal, 'not-next');
  assert.equal(new Links([first, first]).refusal, 'second-root');
});

test('devices and links are bounded', () => {
  let links = root;
  for (let at = 1; at < maxDevices; at++) links = links.adding(laptop, new Signer(`device ${at}`));
  assert.equal(links.refusal, undefined);
  assert.equal(links.adding(laptop, phone).refusal, 'too-many-devices');
  let many = root;
  for (let at = 1; at < maxLinks - recoveryLinks; at++) {
    const other = new Signer(`device ${at >> 1}`);
    many =
      at % 2 === 1
        ? many.adding(laptop, other)
        : many.revoking(laptop, new Signer(`device ${(at - 1) >> 1}`));
  }
  assert.equal(many.refusal, undefined);
  assert.equal(many.adding(laptop, phone).refusal, 'too-many-links');
});

test('a thief who fills a chain leaves the recovery key room to put every device out', () => {
  let chain = recoverable;
  const devices = [laptop];
  for (let at = 1; chain.all.length < maxLinks - recoveryLinks; at++) {
    const other = devices.length < maxDevices ? undefined : devices.pop();
    const added = new Signer(`device ${at}`);
    chain = other === undefined ? chain.adding(laptop, added) : chain.revoking(laptop, other);
    if (other === undefined) devices.push(added);
  }
  assert.equal(chain.refusal, undefined);
  assert.equal(chain.adding(laptop, phone).refusal, 'too-many-links');
  for (const device of devices) chain = chain.revoking(phrase, device);
  chain = chain.adding(phrase, phone);
  assert.equal(chain.refusal, undefined);
  assert.deepEqual(chain.keys, [phone.key]);
});

test('a chain is folded link by link as it is as a whole', () => {
  const { all, chain } = recoverable.adding(laptop, phone).revoking(phrase, laptop);
  const [first, ...rest] = all;
  assert.ok(first);
  let step = foldChain([first]);
  for (const link of rest) step = step.ok ? extendChain(step.value, link) : step;
  assert.deepEqual(step, ok(chain));
});

test('a chain that goes on from another is ahead of it', () => {
  const { chain } = root;
  const more = root.adding(laptop, phone).chain;
  assert.equal(relateChains(chain, chain), 'same');
  assert.equal(relateChains(chain, more), 'ahead');
  assert.equal(relateChains(more, chain), 'behind');
  assert.equal(relateChains(chain, new Links([rootBy(phone, 'alice')]).chain), 'other-root');
});

test('of two sides of a fork the one that the recovery key has signed prevails, else neither', () => {
  const mine = recoverable.revoking(laptop, laptop).adding(phrase, phone).chain;
  const thiefs = recoverable.adding(laptop, thief).chain;
  assert.equal(relateChains(thiefs, mine), 'prevails');
  assert.equal(relateChains(mine, thiefs), 'loses');
  assert.equal(relateChains(thiefs, recoverable.adding(laptop, tablet).chain), 'split');
  assert.equal(relateChains(mine, recoverable.adding(phrase, tablet).chain), 'split');
});

test('a recovery key that was made on one side of a fork decides nothing', () => {
  const made = root.with(laptop, { kind: 'recovery', key: thief.key }).adding(thief, tablet).chain;
  assert.equal(relateChains(root.adding(laptop, phone).chain, made), 'split');
});
