// The head of a backup: the blob that says what is in it. In the open are the account, the device that has made it, the
// box of the recovery words and the backup's key, sealed to that box; sealed under that key is the list of what there is.
// The device has signed all of it: a server cannot put a history of its own into it. Blobs are named so that a device
// finds its own, and heads are told from packs, without reading them.

import * as v from 'valibot';
import { isSignedBy, signWithDevice } from '../../e2ee/device-signature.ts';
import type { Device } from '../../e2ee/device.ts';
import type { Suite } from '../../e2ee/suite.ts';
import type { BoxedKey, VaultBox } from '../../e2ee/vault/vault-box.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes, formatHex } from '../../lib/bytes.ts';
import { decodeJson } from '../../wire/extended/json-line.ts';
import type { HashSha256, RandomBytes } from '../ports.ts';

export interface BackupHead {
  readonly account: string;
  /** Each head of a device has a higher one. */
  readonly number: number;
  readonly at: number;
  readonly device: Uint8Array;
  readonly box: VaultBox;
  readonly key: BoxedKey;
  /** Sealed. */
  readonly contents: Uint8Array;
}

export interface HeadCiphers {
  readonly suite: Suite;
  readonly sha256: HashSha256;
}

/** The first eight digits of an id. */
const kinds = { head: '68656164', pack: '7061636b' } as const;

/** A new id for a blob of that device. */
export function drawBackupId(kind: keyof typeof kinds, tag: string, random: RandomBytes): string {
  return `${kinds[kind]}${tag}${formatHex(random(8))}`;
}

/** By which the ids of a device's blobs are known: eight digits. */
export async function tagOf(device: Uint8Array, sha256: HashSha256): Promise<string> {
  return formatHex((await sha256(device)).subarray(0, 4));
}

/** Of which kind a blob is, and the tag of its device. Undefined for other ids. */
export function readBackupId(
  id: string,
): { readonly kind: keyof typeof kinds; readonly tag: string } | undefined {
  const kind = id.slice(0, 8);
  const tag = id.slice(8, 16);
  if (kind === kinds.head) return { kind: 'head', tag };
  return kind === kinds.pack ? { kind: 'pack', tag } : undefined;
}

const open = v.object({
  is: v.literal('helo backup head 1'),
  account: v.string(),
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  device: v.string(),
  box: v.object({ publicKey: v.string(), signature: v.string() }),
  key: v.object({ enc: v.string(), sealed: v.string() }),
  contents: v.string(),
});

const outer = v.object({ head: v.string(), signature: v.string() });

const signed = encodeUtf8('helo backup head 1\n');
const lineFeed = 10;
/** The longest part in the open: a box, a sealed key, and little more. */
const maxOpenBytes = 16_384;

/** The bytes of a head, signed by `device`. */
export async function encodeHead(
  { suite, sha256 }: HeadCiphers,
  device: Device,
  { account, number, at, box, key, contents }: Omit<BackupHead, 'device'>,
): Promise<Uint8Array> {
  const head = JSON.stringify({
    is: 'helo backup head 1',
    account,
    number,
    at,
    device: encodeBase64url(device.publicKey),
    box: {
      publicKey: encodeBase64url(box.publicKey),
      signature: encodeBase64url(box.signature),
    },
    key: { enc: encodeBase64url(key.enc), sealed: encodeBase64url(key.sealed) },
    contents: encodeBase64url(await sha256(contents)),
  });
  const signature = await signWithDevice(suite, device, concatBytes(signed, encodeUtf8(head)));
  const line = JSON.stringify({ head, signature: encodeBase64url(signature) });
  return concatBytes(encodeUtf8(`${line}\n`), contents);
}

/** A head that the device which it names has signed. Undefined for anything else. */
export async function decodeHead(
  { suite, sha256 }: HeadCiphers,
  bytes: Uint8Array,
): Promise<BackupHead | undefined> {
  const end = bytes.subarray(0, maxOpenBytes).indexOf(lineFeed);
  const line = end < 0 ? undefined : decodeUtf8(bytes.subarray(0, end));
  const found = line === undefined ? undefined : decodeJson(outer, line);
  const head = found && decodeJson(open, found.head);
  if (found === undefined || head === undefined) return undefined;
  const part = (text: string) => decodeBase64url(text) ?? new Uint8Array();
  const device = part(head.device);
  const said = concatBytes(signed, encodeUtf8(found.head));
  if (!(await isSignedBy(suite, device, said, part(found.signature)))) return undefined;
  const contents = bytes.slice(end + 1);
  if (!equalBytes(await sha256(contents), part(head.contents))) return undefined;
  const { account, number, at, box, key } = head;
  return {
    account,
    number,
    at,
    device,
    box: { publicKey: part(box.publicKey), signature: part(box.signature) },
    key: { enc: part(key.enc), sealed: part(key.sealed) },
    contents,
  };
}
