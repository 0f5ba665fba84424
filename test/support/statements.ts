// People with devices who sign statements: for tests of account chains and rosters, with Node's ciphers.

import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { isSignedBy } from '../../src/server/login/ed25519.ts';
import { encodeUtf8 } from '../../src/lib/bytes.ts';
import { invariant } from '../../src/lib/invariant.ts';
import { foldChain, type AccountChain } from '../../src/wire/statements/account-chain.ts';
import {
  consentToSign,
  encodeLink,
  linkToSign,
  parseLink,
  rootContent,
  type ChainLink,
  type DeviceForm,
  type LinkBody,
  type RevokeReason,
} from '../../src/wire/statements/chain-link.ts';
import {
  encodeRecord,
  parseRecord,
  recordToSign,
  type RecordBody,
  type RosterRecord,
} from '../../src/wire/statements/roster-record.ts';
import type { SignedRoster } from '../../src/wire/statements/roster.ts';
import {
  checkStatement,
  noStatement,
  type Checked,
  type SignedStatement,
  type StatementCiphers,
} from '../../src/wire/statements/statement.ts';
import type { Username } from '../../src/wire/text.ts';

export const ciphers: StatementCiphers = {
  verify: isSignedBy,
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
};

/** An Ed25519 key that is the same for the same word. */
export class Signer {
  readonly key: Uint8Array;
  readonly secret: KeyObject;
  readonly sign: (bytes: Uint8Array) => Uint8Array;

  constructor(word: string) {
    const der = Buffer.concat([
      Buffer.from('302e020100300506032b657004220420', 'hex'),
      createHash('sha256').update(word).digest(),
    ]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.secret = secret;
    const { x = '' } = createPublicKey(secret).export({ format: 'jwk' });
    this.key = new Uint8Array(Buffer.from(x, 'base64url'));
    this.sign = (bytes) => new Uint8Array(sign(null, bytes, secret));
  }
}

/** `statement` checked; it has to be valid. */
export function sureOf<S extends SignedStatement>(statement: S | undefined): Checked<S> {
  const checked = statement && checkStatement(statement, ciphers);
  invariant(checked, 'a valid statement');
  return checked;
}

/** A link, signed and checked. */
export function linkBy(
  signer: Signer,
  prev: Uint8Array,
  body: LinkBody,
  at = 1,
): Checked<ChainLink> {
  const content = { prev, at, body, signer: signer.key };
  return sureOf(parseLink(encodeLink(content, signer.sign(linkToSign(content)))));
}

export function rootBy(signer: Signer, name: string, recovery?: Signer): Checked<ChainLink> {
  const content = rootContent(name as Username, signer.key, 1, recovery?.key);
  return sureOf(parseLink(encodeLink(content, signer.sign(linkToSign(content)))));
}

/** What adds `added` behind `prev`. */
export function addition(
  prev: Uint8Array,
  added: Signer,
  form: DeviceForm = 'terminal',
): Extract<LinkBody, { kind: 'add' }> {
  const consent = added.sign(consentToSign(prev, added.key, form));
  return { kind: 'add', key: added.key, consent, form };
}

/** The links of one account, and what they say. */
interface SharedChain {
  links: readonly Checked<ChainLink>[];
  account: AccountChain;
}

/** What `links` say; they have to be a chain. */
function chainOf(links: readonly Checked<ChainLink>[]): SharedChain {
  const folded = foldChain(links);
  invariant(folded.ok, 'a chain');
  return { links, account: folded.value };
}

/** Somebody at a device of their account: at its only one, unless it adds others. */
export class Somebody {
  readonly signer: Signer;
  readonly #chain: SharedChain;

  constructor(name: string, word = name, chain?: SharedChain, recovery?: Signer) {
    this.signer = new Signer(word);
    this.#chain = chain ?? chainOf([rootBy(this.signer, name, recovery)]);
  }

  get links(): readonly Checked<ChainLink>[] {
    return this.#chain.links;
  }

  get account(): AccountChain {
    return this.#chain.account;
  }

  /** The hash that the next link has to name. */
  get lastHash(): Uint8Array {
    return this.account.steps.at(-1)?.hash ?? noStatement;
  }

  /** Another device of this account, which this one has added. */
  adds(word: string, form?: DeviceForm): Somebody {
    const added = new Somebody(this.name, word, this.#chain);
    this.extend(addition(this.lastHash, added.signer, form));
    return added;
  }

  revokes({ signer: { key } }: Somebody, why: RevokeReason = 'lost'): void {
    this.extend({ kind: 'revoke', key, why });
  }

  /** Puts a link of this device behind the chain. */
  extend(body: LinkBody): void {
    const { links, account } = chainOf([...this.links, linkBy(this.signer, this.lastHash, body)]);
    this.#chain.links = links;
    this.#chain.account = account;
  }

  get root16(): Uint8Array {
    return this.account.root16;
  }

  get name(): Username {
    return this.account.name;
  }

  /** A record of this person's, behind the head of a roster. */
  record(
    roster: Pick<SignedRoster, 'groupId' | 'records' | 'head'>,
    body: RecordBody,
  ): Checked<RosterRecord> {
    const content = {
      groupId: roster.groupId,
      n: roster.records,
      prev: roster.head,
      at: 1,
      body,
      root16: this.root16,
      device: this.signer.key,
    };
    return sureOf(parseRecord(encodeRecord(content, this.signer.sign(recordToSign(content)))));
  }

  /** The charter of a group of this person's. */
  charter(groupId: Uint8Array, more: Partial<Extract<RecordBody, { kind: 'charter' }>> = {}) {
    const group = 'lunch' as Extract<RecordBody, { kind: 'charter' }>['group'];
    const start = { groupId, records: 0, head: noStatement };
    return this.record(start, {
      kind: 'charter',
      group,
      mode: 'open',
      suite: 'MLS_256_XWING_AES256GCM_SHA512_Ed25519',
      admins: [this.root16],
      ...more,
    });
  }
}

/** The id of a group, of a word. */
export function groupIdOf(word: string): Uint8Array {
  return ciphers.sha256(encodeUtf8(word)).slice(0, 17);
}
