// What the message about a file says, as bytes: what the file is, and where its content is. Of a file that the server
// keeps it has the key as well, so it goes only to those who may have the file, encrypted. One encoding for each;
// anything else is refused.
//   file:  at (1) | size (8) | SHA-256 (32) | name                                                      at = 0, sender
//   file:  at (1) | size (8) | SHA-256 (32) | id (16) | key (32) | count (1) | salts | name            at = 1, kept
// An entry of the salts: first chunk (8) | salt (16). Where the content is comes first: what follows depends on it.
import {
  fileHashBytes,
  fileKeyBytes,
  maxFileBytes,
  saltBytes,
} from '../../e2ee/files/file-layout.ts';
import { areSaltsOf, type ChunkSalt } from '../../e2ee/files/kept-layout.ts';
import { concatBytes, decodeUtf8, encodeUtf8, formatHex, parseHex } from '../../lib/bytes.ts';
import type { Expiring } from '../expiring/expiring-content.ts';
import { maxNameBytes } from './limits.ts';

interface File extends Expiring {
  readonly kind: 'file';
  readonly name: string;
  readonly size: number;
  readonly sha256: Uint8Array;
}

/** A file that comes from its sender while both are there (files/). The id of the message is that of the transfer. */
export interface OfferedFile extends File {
  readonly at: 'sender';
}

/** A file that the server keeps, encrypted. */
export interface KeptFileContent extends File {
  readonly at: 'kept';
  /** Under which the server keeps it, in hex: that of the transfer. */
  readonly upload: string;
  /** SECRET. */
  readonly key: Uint8Array;
  readonly salts: readonly ChunkSalt[];
}

export type FileContent = OfferedFile | KeptFileContent;

const places = ['sender', 'kept'] as const satisfies readonly FileContent['at'][];
const numberBytes = 8;
const uploadBytes = 16;
const sizeAt = 1;
const hashAt = sizeAt + numberBytes;
const restAt = hashAt + fileHashBytes;
const keyAt = restAt + uploadBytes;
const countAt = keyAt + fileKeyBytes;
const saltsAt = countAt + 1;
const saltedBytes = numberBytes + saltBytes;

/** Whether this version knows where the content of that file is. A place that it does not know is for a later one. */
export function isKnownPlace(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) < places.length;
}

export function encodeFile(file: FileContent): Uint8Array {
  const { at, size, sha256, name } = file;
  const head = concatBytes(Uint8Array.of(places.indexOf(at)), encodeCount(size), sha256);
  return concatBytes(head, ...(file.at === 'kept' ? keptParts(file) : []), encodeUtf8(name));
}

function keptParts({ upload, key, salts }: KeptFileContent): Uint8Array[] {
  const table = salts.flatMap(({ fromChunk, salt }) => [encodeCount(fromChunk), salt]);
  return [parseHex(upload), key, Uint8Array.of(salts.length), ...table];
}

export function decodeFile(bytes: Uint8Array): FileContent | undefined {
  const size = bytes.length < restAt ? undefined : decodeCount(bytes, sizeAt);
  if (size === undefined) return undefined;
  const sha256 = bytes.slice(hashAt, restAt);
  if (places[bytes[0] ?? places.length] === 'sender') {
    const name = decodeName(bytes.subarray(restAt));
    return name === undefined ? undefined : { kind: 'file', at: 'sender', name, size, sha256 };
  }
  const nameAt = saltsAt + (bytes[countAt] ?? 0) * saltedBytes;
  if (bytes.length < nameAt) return undefined;
  const salts = decodeSalts(bytes.subarray(saltsAt, nameAt));
  const name = decodeName(bytes.subarray(nameAt));
  if (name === undefined || salts === undefined || !areSaltsOf(size, salts)) {
    return undefined;
  }
  const upload = formatHex(bytes.subarray(restAt, keyAt));
  const key = bytes.slice(keyAt, countAt);
  return { kind: 'file', at: 'kept', name, size, sha256, upload, key, salts };
}

function decodeSalts(bytes: Uint8Array): ChunkSalt[] | undefined {
  const salts: ChunkSalt[] = [];
  for (let at = 0; at < bytes.length; at += saltedBytes) {
    const fromChunk = decodeCount(bytes, at);
    if (fromChunk === undefined) return undefined;
    salts.push({ fromChunk, salt: bytes.slice(at + numberBytes, at + saltedBytes) });
  }
  return salts;
}

function decodeName(bytes: Uint8Array): string | undefined {
  const isPossible = bytes.length > 0 && bytes.length <= maxNameBytes;
  return isPossible ? decodeUtf8(bytes) : undefined;
}

function encodeCount(count: number): Uint8Array {
  const bytes = new Uint8Array(numberBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count));
  return bytes;
}

function decodeCount(bytes: Uint8Array, at: number): number | undefined {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at);
  return count <= BigInt(maxFileBytes) ? Number(count) : undefined;
}
