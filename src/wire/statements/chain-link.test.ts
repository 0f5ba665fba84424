import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addition,
  ciphers,
  linkBy,
  rootBy,
  Signer,
  sureOf,
} from '../../../test/support/statements.ts';
import {
  deviceForms,
  encodeLink,
  linkToSign,
  maxLinkBytes,
  parseLink,
  revokeReasons,
  type LinkContent,
} from './chain-link.ts';
import { checkStatement, checkStatementLater, noStatement } from './statement.ts';

const alice = new Signer('alice');
const phone = new Signer('phone');
const phrase = new Signer('phrase');
const prev = ciphers.sha256(Uint8Array.of(1));

const one = {
  root: rootBy(alice, 'alice'),
  'root with a recovery key': rootBy(alice, 'alice', phrase),
  add: linkBy(alice, prev, addition(prev, phone)),
  revoke: linkBy(alice, prev, { kind: 'revoke', key: phone.key, why: 'stolen' }),
  recovery: linkBy(alice, prev, { kind: 'recovery', key: phrase.key }),
};

function isValid(bytes: Uint8Array): boolean {
  const link = parseLink(bytes);
  return link !== undefined && checkStatement(link, ciphers) !== undefined;
}

const content: fc.Arbitrary<LinkContent> = fc
  .record({
    at: fc.maxSafeNat(),
    hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    name: fc.stringMatching(/^\w{1,32}$/),
    kind: fc.constantFrom('root', 'root+', 'add', 'revoke', 'recovery'),
    form: fc.constantFrom(...deviceForms),
    why: fc.constantFrom(...revokeReasons),
  })
  .map(({ at, hash, name, kind, form, why }): LinkContent => {
    const before = new Uint8Array(hash);
    const rest = { at, signer: alice.key };
    const root = { kind: 'root', name: name as never, device: alice.key } as const;
    switch (kind) {
      case 'root':
        return { ...rest, prev: noStatement, body: root };
      case 'root+':
        return { ...rest, prev: noStatement, body: { ...root, recovery: phrase.key } };
      case 'add':
        return { ...rest, prev: before, body: addition(before, phone, form) };
      case 'revoke':
        return { ...rest, prev: before, body: { kind, key: phone.key, why } };
      default:
        return { ...rest, prev: before, body: { kind: 'recovery', key: phrase.key } };
    }
  });

test('links come back as they were made, and are hashed as a whole', () => {
  fc.assert(
    fc.property(content, (made) => {
      const bytes = encodeLink(made, alice.sign(linkToSign(made)));
      const { prev: before, at, body, signer, hash } = sureOf(parseLink(bytes));
      assert.deepEqual({ prev: before, at, body, signer }, made);
      assert.deepEqual(hash, ciphers.sha256(bytes));
    }),
    { numRuns: 100 },
  );
});

test('a link with one byte altered, cut off or behind it is none', () => {
  for (const [kind, { bytes }] of Object.entries(one)) {
    assert.ok(isValid(bytes), kind);
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      assert.ok(!isValid(altered), `${kind}, byte ${at}`);
      assert.equal(parseLink(bytes.subarray(0, at)), undefined, `${kind}, ${at} bytes`);
    }
    assert.equal(parseLink(Uint8Array.of(...bytes, 0)), undefined, kind);
    assert.equal(parseLink(Uint8Array.of(...bytes, 0, 0)), undefined, kind);
  }
});

test('random bytes are no link, and never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: maxLinkBytes + 1 }), (bytes) => {
      assert.equal(parseLink(bytes), undefined);
    }),
  );
});

test('the bytes of a link stay its own', () => {
  const handed = one.root.bytes.slice();
  const link = parseLink(handed);
  handed.fill(0);
  assert.deepEqual(link?.bytes, one.root.bytes);
});

test('a root that another key signs, or that has something before it, is none', () => {
  const { prev: before, at, body } = one.root;
  const byOther = { prev: before, at, body, signer: phone.key };
  assert.equal(parseLink(encodeLink(byOther, phone.sign(linkToSign(byOther)))), undefined);
  const behind = { prev, at, body, signer: alice.key };
  assert.equal(parseLink(encodeLink(behind, alice.sign(linkToSign(behind)))), undefined);
});

test('a device that is its own recovery key is none', () => {
  const body = { ...one.root.body, recovery: alice.key };
  const content = { prev: noStatement, at: 1, body, signer: alice.key } as LinkContent;
  assert.equal(parseLink(encodeLink(content, alice.sign(linkToSign(content)))), undefined);
});

test('a key that does not consent at this place of the chain is not added', () => {
  const elsewhere = addition(noStatement, phone);
  const content = { prev, at: 1, body: elsewhere, signer: alice.key };
  assert.ok(!isValid(encodeLink(content, alice.sign(linkToSign(content)))));
});

test('ciphers that answer later find the same', async () => {
  const later = {
    verify: (...parts: Parameters<typeof ciphers.verify>) =>
      Promise.resolve(ciphers.verify(...parts)),
    sha256: (bytes: Uint8Array) => Promise.resolve(ciphers.sha256(bytes)),
  };
  const { add } = one;
  assert.deepEqual(await checkStatementLater(add, later), checkStatement(add, ciphers));
  const [claim, ...rest] = add.claims;
  assert.ok(claim);
  const false_ = { ...add, claims: [...rest, { ...claim, signature: new Uint8Array(64) }] };
  assert.equal(await checkStatementLater(false_, later), undefined);
  assert.equal(checkStatement(false_, ciphers), undefined);
});

test('the sizes are those that the documents name', () => {
  const sizes = Object.values(one).map(({ bytes }) => bytes.length);
  assert.ok(Math.max(...sizes) <= 340, sizes.join(' '));
  assert.ok(one.root.bytes.length <= 260);
});
