// Which files the server keeps [13.8], by id, conversation and owner, and which of them are on their way. Owns these
// records, their sizes, and what is stored of them; the other files of this folder have the rules. Knows nothing of bytes:
// those are the shell's.

import type { AccountId, KeptFileRecord, Records } from '../../records.ts';
import { change, type Turn } from '../../turn.ts';
import type { KeptBook, KeptEnd, KeptFile, KeptStage, KeptTransfer } from './kept-state.ts';

function emptyBook(): KeptBook {
  return {
    files: new Map(),
    ofConversation: new Map(),
    ofOwner: new Map(),
    transfers: new Map(),
    bytes: 0,
    comingBytes: 0,
    age: 0,
  };
}

/** How much of a quota a file uses. */
export function reservedBytes({ stage }: KeptFile): number {
  return stage.kind === 'sent' ? stage.bytes : Math.max(stage.bytes, stage.bound);
}

/** Kept files and blobs have quotas of their own. */
export type KeptSort = 'files' | 'blobs';

export function sortOf({ stage }: KeptFile): KeptSort {
  return stage.kind === 'blob' ? 'blobs' : 'files';
}

/** How many files of a sort an account has, and how much of their quota they use. */
export function usedBy(
  { ofOwner }: KeptBook,
  owner: AccountId,
  sort: KeptSort,
): { readonly count: number; readonly bytes: number } {
  const files = [...(ofOwner.get(owner) ?? [])].filter((file) => sortOf(file) === sort);
  return {
    count: files.length,
    bytes: files.reduce((bytes, file) => bytes + reservedBytes(file), 0),
  };
}

function count(book: KeptBook, file: KeptFile, sign: 1 | -1): void {
  book.bytes += sign * file.stage.bytes;
  book.comingBytes += sign * (reservedBytes(file) - file.stage.bytes);
}

function put<K>(sets: Map<K, Set<KeptFile>>, key: K, file: KeptFile): void {
  const files = sets.get(key);
  if (files === undefined) sets.set(key, new Set([file]));
  else files.add(file);
}

function take<K>(sets: Map<K, Set<KeptFile>>, key: K, file: KeptFile): void {
  const files = sets.get(key);
  files?.delete(file);
  if (files?.size === 0) sets.delete(key);
}

function addFile(book: KeptBook, file: KeptFile): void {
  book.files.set(file.id, file);
  put(book.ofConversation, file.conversation, file);
  put(book.ofOwner, file.owner, file);
  count(book, file, 1);
}

/** What is on its way of a file. */
export function transfersOf({ transfers }: KeptBook, file: KeptFile): KeptTransfer[] {
  return [...transfers.values()].filter((transfer) => transfer.file === file);
}

/** Adds a file, or gives one another stage, to be stored. */
export function keepFile(turn: Turn, file: KeptFile, stage: KeptStage): void {
  const { kept } = turn.hub;
  if (kept.files.has(file.id)) {
    count(kept, file, -1);
    file.stage = stage;
    count(kept, file, 1);
  } else {
    file.stage = stage;
    addFile(kept, file);
  }
  change(turn, { type: 'kept-file', file: recordOfFile(file) });
}

/** Forgets a file, and ends what is on its way of it. Its bytes go when that is stored. */
export function removeFile(turn: Turn, file: KeptFile): void {
  const { kept } = turn.hub;
  if (!kept.files.delete(file.id)) return;
  count(kept, file, -1);
  take(kept.ofConversation, file.conversation, file);
  take(kept.ofOwner, file.owner, file);
  for (const transfer of transfersOf(kept, file)) closeKept(turn, transfer, 'file-gone');
  change(turn, { type: 'kept-file-removed', id: file.id });
  turn.effects.push({ type: 'removeKept', id: file.id });
}

/** So many bytes of an upload are on the disk. */
export function uploadGrew(turn: Turn, file: KeptFile, bytes: number): void {
  const { stage } = file;
  if (stage.kind === 'sent' || bytes === stage.bytes) return;
  file.since = turn.hub.kept.age;
  keepFile(turn, file, { ...stage, bytes });
}

/** Asks the shell to end a transfer, once. It stays in the book until the shell reports its end. */
export function closeKept(turn: Turn, transfer: KeptTransfer, why: KeptEnd): void {
  const { phase, id } = transfer;
  if (phase.kind === 'closing') {
    if (why === 'left') transfer.phase = { ...phase, why };
    return;
  }
  transfer.phase = { kind: 'closing', why, wasOpen: phase.kind === 'open' };
  turn.effects.push({ type: 'closeKept', transfer: id });
}

function recordOfFile({ stage, ...file }: KeptFile): KeptFileRecord {
  const record = { ...file, bytes: stage.bytes };
  if (stage.kind === 'upload') return { ...record, upload: { bound: stage.bound } };
  if (stage.kind === 'blob') return { ...record, blob: { of: stage.of, bound: stage.bound } };
  const { seq, has } = stage;
  const people = [...stage.people].map(([account, state]) => {
    const devices = has.get(account);
    return { account, taken: state === 'taken', ...(devices && { devices }) };
  });
  return { ...record, sent: { ...(seq !== undefined && { seq }), people } };
}

/** A book with what was stored. */
export function restoreBook({ keptFiles }: Records): KeptBook {
  const book = emptyBook();
  for (const record of keptFiles) {
    const { id, owner, conversation, since } = record;
    addFile(book, { id, owner, conversation, since, stage: stageOf(record) });
  }
  return book;
}

function stageOf({ bytes, upload, sent, blob }: KeptFileRecord): KeptStage {
  if (upload !== undefined) return { kind: 'upload', bytes, bound: upload.bound };
  if (blob !== undefined) return { kind: 'blob', bytes, ...blob };
  const people = (sent?.people ?? []).map(
    ({ account, taken }) => [account, taken ? 'taken' : 'waits'] as const,
  );
  const has = (sent?.people ?? []).flatMap(({ account, devices }) =>
    devices === undefined ? [] : [[account, devices] as const],
  );
  return { kind: 'sent', bytes, seq: sent?.seq, people: new Map(people), has: new Map(has) };
}
