// What is remembered of transfers beyond the program, so that they resume where they stopped and nothing is done
// twice. One record each, as text; the codec is strict. A record of an outgoing transfer holds the file's key, and so does
// one of a file that the server keeps: SECRET.

import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import {
  fileHashBytes,
  fileKeyBytes,
  maxFileBytes,
  saltBytes,
} from '../../e2ee/files/file-layout.ts';
import type { ChunkSalt } from '../../e2ee/files/kept-layout.ts';
import { parseAnyGroupName } from '../../wire/extended/names.ts';
import type { GroupName } from '../../wire/text.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import { decodeFile, encodeFile, type KeptFileContent } from './file-content.ts';
import type { SourceFile } from './source.ts';

/** A file that this user sends. */
export interface OutgoingRecord {
  readonly kind: 'outgoing';
  readonly id: string;
  /** The name of a person, or of a group with its `#`. */
  readonly peer: string;
  /** The signature key of the device to which it was offered. Undefined until that is known. */
  readonly peerKey: Uint8Array | undefined;
  readonly source: SourceFile;
  readonly sha256: Uint8Array;
  readonly key: Uint8Array;
  /** Set where the server is to keep it. */
  readonly kept?: KeptOutgoing;
  readonly savedAtMs: number;
}

export interface KeptOutgoing {
  /** The id of the message about it, in hex. */
  readonly messageId: string;
  /** What the server has, and what will follow. */
  readonly salts: readonly ChunkSalt[];
}

/** A file that this user has accepted, or one that the server keeps and that this user was told of. */
export interface IncomingRecord {
  readonly kind: 'incoming';
  readonly id: string;
  readonly peer: string;
  /** The signature key of the device that offered it: no other one may continue it. */
  readonly peerKey: Uint8Array;
  readonly name: string;
  readonly size: number;
  readonly sha256: Uint8Array;
  /** Set where the server keeps it. */
  readonly kept?: KeptIncoming;
  readonly savedAtMs: number;
}

export interface KeptIncoming {
  /** Where it was said, if that was a group. */
  readonly group?: GroupName;
  /** Whether this user has accepted it. */
  readonly isWanted: boolean;
  /** Of the key that it was said under, at that time. */
  readonly standing: KeyStanding;
  readonly file: KeptFileContent;
}

/** A file that was received or declined: if it is offered again, the answer is known. */
export interface SettledRecord {
  readonly kind: 'settled';
  readonly id: string;
  readonly peer: string;
  readonly outcome: 'saved' | 'refused';
  readonly savedAtMs: number;
}

export type TransferRecord = OutgoingRecord | IncomingRecord | SettledRecord;

const head = 'helo transfer 1';

/** The record as text. */
export function encodeRecord(record: TransferRecord): string {
  return `${head}\n${JSON.stringify(fieldsOf(record))}\n`;
}

function fieldsOf(record: object): object {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, unknown]) => [name, fieldOf(value)]),
  );
}

function fieldOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return encodeBase64url(value);
  if (Array.isArray(value)) return value.map(fieldOf);
  if (!isFields(value)) return value;
  return isFile(value) ? encodeBase64url(encodeFile(value)) : fieldsOf(value);
}

function isFile(value: object): value is KeptFileContent {
  return 'kind' in value && value.kind === 'file';
}

/** The record of a text, or undefined if it is damaged or from another version. */
export function decodeRecord(text: string): TransferRecord | undefined {
  const [version, json = '', end, ...more] = text.split('\n');
  if (version !== head || end !== '' || more.length > 0) return undefined;
  try {
    const fields: unknown = JSON.parse(json);
    return isFields(fields) ? decodeFields(fields) : undefined;
  } catch {
    // The parser throws only if it is not JSON.
    return undefined;
  }
}

const standings = ['pinned', 'verified', 'changed'] as const satisfies readonly KeyStanding[];

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function decodeFields(fields: Fields): TransferRecord | undefined {
  const id = idOf(fields['id']);
  const peer = textOf(fields['peer']);
  const savedAtMs = countOf(fields['savedAtMs']);
  if (id === undefined || peer === undefined || savedAtMs === undefined) return undefined;
  switch (fields['kind']) {
    case 'outgoing':
      return decodeOutgoing({ id, peer, savedAtMs }, fields);
    case 'incoming':
      return decodeIncoming({ id, peer, savedAtMs }, fields);
    case 'settled': {
      const { outcome } = fields;
      if (outcome !== 'saved' && outcome !== 'refused') return undefined;
      return { kind: 'settled', id, peer, savedAtMs, outcome };
    }
    default:
      return undefined;
  }
}

type Common = Pick<TransferRecord, 'id' | 'peer' | 'savedAtMs'>;

function decodeOutgoing(common: Common, fields: Fields): OutgoingRecord | undefined {
  const key = bytesOf(fields['key'], fileKeyBytes);
  const sha256 = bytesOf(fields['sha256'], fileHashBytes);
  const source = isFields(fields['source']) ? sourceOf(fields['source']) : undefined;
  const hasPeerKey = fields['peerKey'] !== undefined;
  const peerKey = bytesOf(fields['peerKey'], fileKeyBytes);
  if (key === undefined || sha256 === undefined || source === undefined) return undefined;
  if (hasPeerKey && peerKey === undefined) return undefined;
  const kept = isFields(fields['kept']) ? keptOutgoing(fields['kept']) : undefined;
  if (fields['kept'] !== undefined && kept === undefined) return undefined;
  return { kind: 'outgoing', ...common, key, sha256, source, peerKey, ...(kept && { kept }) };
}

function keptOutgoing({ messageId, salts }: Fields): KeptOutgoing | undefined {
  const id = idOf(messageId);
  if (id === undefined || !Array.isArray(salts)) return undefined;
  const table: ChunkSalt[] = [];
  for (const one of salts as unknown[]) {
    const fromChunk = isFields(one) ? countOf(one['fromChunk']) : undefined;
    const salt = isFields(one) ? bytesOf(one['salt'], saltBytes) : undefined;
    if (fromChunk === undefined || salt === undefined) return undefined;
    table.push({ fromChunk, salt });
  }
  return { messageId: id, salts: table };
}

function decodeIncoming(common: Common, fields: Fields): IncomingRecord | undefined {
  const peerKey = bytesOf(fields['peerKey'], fileKeyBytes);
  const sha256 = bytesOf(fields['sha256'], fileHashBytes);
  const name = textOf(fields['name']);
  const size = countOf(fields['size']);
  if (peerKey === undefined || sha256 === undefined) return undefined;
  if (name === undefined || size === undefined) return undefined;
  const kept = isFields(fields['kept']) ? keptIncoming(fields['kept']) : undefined;
  if (fields['kept'] !== undefined && kept === undefined) return undefined;
  return { kind: 'incoming', ...common, peerKey, sha256, name, size, ...(kept && { kept }) };
}

function keptIncoming({ group, isWanted, standing, file }: Fields): KeptIncoming | undefined {
  const bytes = typeof file === 'string' ? decodeBase64url(file) : undefined;
  const content = bytes && decodeFile(bytes);
  if (content?.at !== 'kept' || typeof isWanted !== 'boolean') return undefined;
  const how = standings.find((known) => known === standing);
  if (how === undefined) return undefined;
  const kept = { isWanted, standing: how, file: content };
  if (group === undefined) return kept;
  const name = typeof group === 'string' ? parseAnyGroupName(group) : undefined;
  return name && { ...kept, group: name };
}

function sourceOf(fields: Fields): SourceFile | undefined {
  const path = textOf(fields['path']);
  const name = textOf(fields['name']);
  const size = countOf(fields['size']);
  const modified = textOf(fields['modified']);
  if (path === undefined || name === undefined) return undefined;
  if (size === undefined || modified === undefined) return undefined;
  return { path, name, size, modified };
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\da-f]{32}$/.test(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function countOf(value: unknown): number | undefined {
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isCount && value <= maxFileBytes ? value : undefined;
}

function bytesOf(value: unknown, length: number): Uint8Array | undefined {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined;
  return bytes?.length === length ? bytes : undefined;
}
