// What a new device and an old one say to each other, inside their boxes (e2ee/linking). Owns the bytes: parts of fixed
// lengths, each message in one form.
//
//   hello    key(32) | form | name of the device | server(32) | hash of the nonce(32)    new
//   answer   account | root(32) | last link(32) | server(32) | nonce(32)                 old
//   reveal   nonce(32) | consent(64)                                                     new
//   again    last link(32)                                                               old
//   consent  consent(64)                                                                 new
//   done     the link that adds it(32)                                                   old
//   end      why                                                                         both

import { linkingNonceBytes } from '../../e2ee/linking/six-digits.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { publicKeyBytes, signatureBytes } from '../../wire/extended/login.ts';
import { deviceForms, type DeviceForm } from '../../wire/statements/chain-link.ts';
import { decodeParts, encodeParts } from '../../wire/statements/parts.ts';
import { statementHashBytes, wordOf, wordPart } from '../../wire/statements/statement.ts';
import { parseUsername, type Username } from '../../wire/text.ts';

/** Why a linking ended without a new device. */
export const linkingEnds = [
  'left', // the person at one of the two has ended it
  'wrong-digits', // three times
  'time-over',
  'other-server', // the two devices are at different servers
  'other-account', // the new device was to be one of another account
  'known-device', // the key is a device of the account already
  'revoked-device', // the account has revoked this key
  'too-many-devices',
  'too-many-links',
  'name-in-use', // the new device has a key of that account's name already
  'contradiction', // more than two devices have used the code
  'failed', // the server or the disk refused
] as const;
export type LinkingEnd = (typeof linkingEnds)[number];

export interface Hello {
  readonly kind: 'hello';
  readonly key: Uint8Array;
  readonly form: DeviceForm;
  /** For people: what its person calls the machine. */
  readonly label: string;
  /** The identity of the server that it is connected to. */
  readonly server: Uint8Array;
  readonly binding: Uint8Array;
}

export interface Answer {
  readonly kind: 'answer';
  readonly account: Username;
  /** The hash of the root of the account's chain: which account it is. */
  readonly root: Uint8Array;
  /** The hash of the link behind which the new device is to be added. */
  readonly last: Uint8Array;
  readonly server: Uint8Array;
  readonly nonce: Uint8Array;
}

export type LinkingMessage =
  | Hello
  | Answer
  | { readonly kind: 'reveal'; readonly nonce: Uint8Array; readonly consent: Uint8Array }
  | { readonly kind: 'again'; readonly last: Uint8Array }
  | { readonly kind: 'consent'; readonly consent: Uint8Array }
  | { readonly kind: 'done'; readonly link: Uint8Array }
  | { readonly kind: 'end'; readonly why: LinkingEnd };

/** Bytes of the name of a device. */
export const maxLabelBytes = 64;

const words = 'helo linking 1 ';

export function encodeMessage(message: LinkingMessage): Uint8Array {
  return encodeParts([wordPart(`${words}${message.kind}`), ...partsOf(message)]);
}

function partsOf(message: LinkingMessage): readonly Uint8Array[] {
  switch (message.kind) {
    case 'hello': {
      const { key, form, label, server, binding } = message;
      return [key, wordPart(form), encodeUtf8(label), server, binding];
    }
    case 'answer': {
      const { account, root, last, server, nonce } = message;
      return [encodeUtf8(account), root, last, server, nonce];
    }
    case 'reveal':
      return [message.nonce, message.consent];
    case 'again':
      return [message.last];
    case 'consent':
      return [message.consent];
    case 'done':
      return [message.link];
    case 'end':
      return [wordPart(message.why)];
  }
}

/** The message that `bytes` are; undefined for anything else. */
export function parseMessage(bytes: Uint8Array): LinkingMessage | undefined {
  const [head, ...parts] = decodeParts(bytes) ?? [];
  const said = head && decodeUtf8(head);
  if (said?.startsWith(words) !== true) return undefined;
  const kind = said.slice(words.length);
  const [one, two, three, four, five, more] = parts;
  if (one === undefined || more !== undefined) return undefined;
  switch (kind) {
    case 'hello':
      return helloOf(one, two, three, four, five);
    case 'answer':
      return answerOf(one, two, three, four, five);
    case 'reveal':
      return is(one, linkingNonceBytes) && is(two, signatureBytes) && three === undefined
        ? { kind, nonce: one, consent: two }
        : undefined;
    default:
      return two === undefined ? shortOf(kind, one) : undefined;
  }
}

function helloOf(
  key: Uint8Array,
  form: Uint8Array | undefined,
  name: Uint8Array | undefined,
  server: Uint8Array | undefined,
  binding: Uint8Array | undefined,
): Hello | undefined {
  const program = wordOf(form, deviceForms);
  const label = name && name.length <= maxLabelBytes ? decodeUtf8(name) : undefined;
  const isWhole = is(key, publicKeyBytes) && is(server, publicKeyBytes);
  if (!isWhole || !is(binding, statementHashBytes)) return undefined;
  if (program === undefined || label === undefined) return undefined;
  return { kind: 'hello', key, form: program, label, server, binding };
}

function answerOf(
  name: Uint8Array,
  root: Uint8Array | undefined,
  last: Uint8Array | undefined,
  server: Uint8Array | undefined,
  nonce: Uint8Array | undefined,
): Answer | undefined {
  const account = parseUsername(decodeUtf8(name) ?? '');
  const isChain = is(root, statementHashBytes) && is(last, statementHashBytes);
  if (account === undefined || !isChain) return undefined;
  if (!is(server, publicKeyBytes) || !is(nonce, linkingNonceBytes)) return undefined;
  return { kind: 'answer', account, root, last, server, nonce };
}

function shortOf(kind: string, part: Uint8Array): LinkingMessage | undefined {
  switch (kind) {
    case 'again':
      return is(part, statementHashBytes) ? { kind, last: part } : undefined;
    case 'consent':
      return is(part, signatureBytes) ? { kind, consent: part } : undefined;
    case 'done':
      return is(part, statementHashBytes) ? { kind, link: part } : undefined;
    case 'end': {
      const why = wordOf(part, linkingEnds);
      return why && { kind, why };
    }
    default:
      return undefined;
  }
}

function is(part: Uint8Array | undefined, length: number): part is Uint8Array {
  return part?.length === length;
}
