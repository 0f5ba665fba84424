// A link of an account's chain: one statement by a device of the account, or by its recovery key, about which devices
// the account has. Owns the bytes of a link and which bytes are one; what a chain of them says is in account-chain.ts.
//
//   helo account 1 KIND | prev(32) | at(8) | body | signer(32) | signature(64)
//
//   root      name | device key | recovery key, or nothing
//   add       new key | its own signature | form
//   revoke    key | why
//   recovery  new recovery key

import { decodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { publicKeyBytes, signatureBytes } from '../extended/login.ts';
import { parseUsername, type Username } from '../text.ts';
import { decodeNumber, decodeParts, encodeNumber, encodeParts } from './parts.ts';
import {
  noStatement,
  readEnvelope,
  statementHashBytes,
  withSignature,
  wordOf,
  wordPart,
  type SignatureClaim,
  type SignedStatement,
} from './statement.ts';

/** The longest link. An `add` has about 320 bytes, a root about 250. */
export const maxLinkBytes = 512;

/** What kind of program a device is. */
export const deviceForms = ['terminal', 'web', 'bot'] as const;
export type DeviceForm = (typeof deviceForms)[number];

/** Why a device is one of the account no more. */
export const revokeReasons = ['lost', 'retired', 'stolen'] as const;
export type RevokeReason = (typeof revokeReasons)[number];

/** What a link says. */
export type LinkBody =
  | {
      readonly kind: 'root';
      readonly name: Username;
      readonly device: Uint8Array;
      readonly recovery?: Uint8Array;
    }
  | {
      readonly kind: 'add';
      readonly key: Uint8Array;
      /** The new device's signature over `consentToSign`: nobody adds a key whose holder doesn't know of it. */
      readonly consent: Uint8Array;
      readonly form: DeviceForm;
    }
  | { readonly kind: 'revoke'; readonly key: Uint8Array; readonly why: RevokeReason }
  | { readonly kind: 'recovery'; readonly key: Uint8Array };

/** What is signed in a link. */
export interface LinkContent {
  /** The SHA-256 of the link before; of a root `noStatement`. */
  readonly prev: Uint8Array;
  /** Milliseconds since 1970, by the signer's clock: for people to read, never to decide by. */
  readonly at: number;
  readonly body: LinkBody;
  /** The key that signs; of a root the device's own. */
  readonly signer: Uint8Array;
}

/** A link of the right form, not checked. */
export interface ChainLink extends LinkContent, SignedStatement {}

const wordsOf = {
  root: 'helo account 1 root',
  add: 'helo account 1 add',
  revoke: 'helo account 1 revoke',
  recovery: 'helo account 1 recovery',
} as const satisfies Record<LinkBody['kind'], string>;

const consentWords = 'helo account 1 consent';
const kinds = Object.keys(wordsOf) as readonly LinkBody['kind'][];

/** The bytes that `signer` signs. */
export function linkToSign({ prev, at, body, signer }: LinkContent): Uint8Array {
  return encodeParts([
    wordPart(wordsOf[body.kind]),
    prev,
    encodeNumber(at),
    encodeParts(bodyParts(body)),
    signer,
  ]);
}

/** The content of the root of an account that `device` makes. */
export function rootContent(
  name: Username,
  device: Uint8Array,
  at: number,
  recovery?: Uint8Array,
): LinkContent {
  const body = { kind: 'root', name, device, ...(recovery && { recovery }) } as const;
  return { prev: noStatement, at, body, signer: device };
}

/** The bytes that a device signs to be added behind the link `prev`. */
export function consentToSign(prev: Uint8Array, key: Uint8Array, form: DeviceForm): Uint8Array {
  return encodeParts([wordPart(consentWords), prev, key, wordPart(form)]);
}

/** The link of a content and its signature. */
export function encodeLink(content: LinkContent, signature: Uint8Array): Uint8Array {
  return withSignature(linkToSign(content), signature);
}

/** The link that `bytes` are, in its one form; undefined for anything else. */
export function parseLink(bytes: Uint8Array): ChainLink | undefined {
  const envelope = readEnvelope(bytes, maxLinkBytes);
  const kind = kinds.find((one) => wordsOf[one] === envelope?.words);
  if (envelope === undefined || kind === undefined) return undefined;
  const [prev, at, said, signer, more] = envelope.parts;
  if (prev?.length !== statementHashBytes || signer?.length !== publicKeyBytes) return undefined;
  const time = at && decodeNumber(at);
  const body = said && parseBody(kind, decodeParts(said) ?? []);
  if (time === undefined || body === undefined || more !== undefined) return undefined;
  if (body.kind === 'root' && !isRoot(body.device, signer, prev)) return undefined;
  const { signed, signature } = envelope;
  const claims = [{ key: signer, bytes: signed, signature }, ...consentOf(body, prev)];
  return { prev, at: time, body, signer, bytes: envelope.bytes, claims };
}

function isRoot(device: Uint8Array, signer: Uint8Array, prev: Uint8Array): boolean {
  return equalBytes(device, signer) && equalBytes(prev, noStatement);
}

function consentOf(body: LinkBody, prev: Uint8Array): readonly SignatureClaim[] {
  if (body.kind !== 'add') return [];
  const { key, form, consent } = body;
  return [{ key, bytes: consentToSign(prev, key, form), signature: consent }];
}

function bodyParts(body: LinkBody): readonly Uint8Array[] {
  switch (body.kind) {
    case 'root':
      return [wordPart(body.name), body.device, body.recovery ?? new Uint8Array()];
    case 'add':
      return [body.key, body.consent, wordPart(body.form)];
    case 'revoke':
      return [body.key, wordPart(body.why)];
    case 'recovery':
      return [body.key];
  }
}

const bodyLengths = { root: 3, add: 3, revoke: 2, recovery: 1 } as const;

function parseBody(kind: LinkBody['kind'], parts: readonly Uint8Array[]): LinkBody | undefined {
  if (parts.length !== bodyLengths[kind]) return undefined;
  const [first = noStatement, second = noStatement, third] = parts;
  if (kind === 'root') return parseRoot(first, second, third);
  if (first.length !== publicKeyBytes) return undefined;
  if (kind === 'recovery') return { kind, key: first };
  if (kind === 'revoke') {
    const why = wordOf(second, revokeReasons);
    return why && { kind, key: first, why };
  }
  const form = wordOf(third, deviceForms);
  if (form === undefined || second.length !== signatureBytes) return undefined;
  return { kind, key: first, consent: second, form };
}

function parseRoot(
  nameBytes: Uint8Array,
  device: Uint8Array,
  recovery: Uint8Array | undefined,
): LinkBody | undefined {
  const name = parseUsername(decodeUtf8(nameBytes) ?? '');
  if (name === undefined || device.length !== publicKeyBytes) return undefined;
  if (recovery === undefined || recovery.length === 0) return { kind: 'root', name, device };
  // A device that were its own recovery key would outrank the others.
  const fits = recovery.length === publicKeyBytes && !equalBytes(recovery, device);
  return fits ? { kind: 'root', name, device, recovery } : undefined;
}
