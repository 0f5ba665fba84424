// Bringing a file to be kept [13.8]: who may bring how much, the attempts to do it, and the message that names it. An
// upload goes on where an earlier attempt ended. Only one attempt of a file is open at a time. Blobs come the same way.

import { invariant } from '../../../lib/invariant.ts';
import type { FailureCode } from '../../../wire/extended/failures.ts';
import { conversationOf, parsePlace, type ConversationName } from '../../../wire/extended/names.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import type { BlobKind, KeptFileId } from '../../../wire/kept-files.ts';
import { keepingRefusal } from '../../messages/posts.ts';
import type { AccountId } from '../../records.ts';
import { findGroupFor, findNamed, type User, type Visit } from '../../state.ts';
import { fail, groupNameAt, report, type Turn } from '../../turn.ts';
import { isWholeBlob, quotaOf } from './blobs.ts';
import {
  closeKept,
  keepFile,
  removeFile,
  reservedBytes,
  transfersOf,
  usedBy,
} from './kept-book.ts';
import type { KeptFile, KeptStage, KeptTransfer } from './kept-state.ts';
import { cannotChange, openKept, transfersRefusal } from './kept-transfers.ts';

type UploadRequest = RequestOf<'UPLOAD'>;

/** Why somebody may not bring a file, with how much room there is. */
interface UploadRefusal {
  readonly code: FailureCode;
  readonly room?: number;
}

/** What an UPLOAD says, and for how many bytes the disk has room. */
interface UploadSizes {
  readonly blob: BlobKind | undefined;
  readonly from: number;
  readonly bytes: number | undefined;
  readonly spare: number | undefined;
}

/** UPLOAD. `spare`: how many bytes the disk has room for; undefined if that is not known. */
export function uploadFile(
  turn: Turn,
  visit: Visit,
  request: UploadRequest,
  spare: number | undefined,
): void {
  const { label, id, bytes, from, blob } = request;
  const { connection } = visit;
  if (!visit.private) {
    fail(turn, connection, request, 'not-here');
    return;
  }
  const conversation = placeOf(turn, visit, request);
  if (!conversation.ok) {
    fail(turn, connection, request, conversation.code);
    return;
  }
  const known = turn.hub.kept.files.get(id);
  const { account } = visit.user;
  invariant(account, 'requests are taken from accounts only');
  const own = known?.owner === account.id && known.conversation === conversation.name;
  const isOther = known !== undefined && !(own && isOfKind(known.stage, blob));
  if (from === undefined) {
    const stage = isOther ? undefined : known?.stage;
    const sent = stage !== undefined && isSettled(stage) ? (true as const) : undefined;
    report(turn, connection, { verb: 'UPLOAD', label, id, have: stage?.bytes ?? 0, sent });
    return;
  }
  const refusal = isOther
    ? { code: 'file-unknown' as const }
    : refuseUpload(turn, account.id, known, { from, bytes, spare, blob });
  if (refusal !== undefined) {
    fail(turn, connection, request, refusal.code, { room: refusal.room });
    return;
  }
  const file = known ?? newFile(turn, { id, owner: account.id, blob, ...conversation });
  begin(turn, file, { label, from, bound: bytes ?? from, connection, account: account.id });
}

/** Whether it stays as it is. */
function isSettled(stage: KeptStage): boolean {
  return stage.kind === 'sent' || isWholeBlob(stage);
}

function isOfKind(stage: KeptStage, blob: BlobKind | undefined): boolean {
  return stage.kind === 'blob' ? stage.of === blob : blob === undefined;
}

/**
 * Where a file may go: to the members of a sealed group, or to a person. Nobody else could keep its key from others. A
 * blob goes to oneself.
 */
function placeOf(
  turn: Turn,
  visit: Visit,
  { in: text, blob }: Pick<UploadRequest, 'in' | 'blob'>,
): { ok: true; name: ConversationName } | { ok: false; code: FailureCode } {
  const { env, hub } = turn;
  const place = parsePlace(text);
  invariant(place, 'the schema has checked it');
  const refuse = (code: FailureCode) => ({ ok: false as const, code });
  if (env.keptFiles === undefined) return refuse('not-kept');
  if (blob !== undefined) {
    return place.kind === 'direct' && place.user === visit.user.name
      ? { ok: true, name: conversationOf(place.user, place) }
      : refuse('malformed');
  }
  switch (place.kind) {
    case 'lobby':
    case 'group': {
      const name = groupNameAt(turn, place);
      if (name === undefined) return refuse('not-sealed');
      const group = findGroupFor(hub, name, visit);
      if (group === undefined) return refuse('no-such-place');
      if (!group.members.has(visit.user)) return refuse('not-a-member');
      if (group.sealed === undefined) return refuse('not-sealed');
      const isKept = place.kind === 'lobby' ? env.keep.lobby : env.keep.groups;
      if (!isKept) return refuse('not-kept');
      break;
    }
    case 'direct': {
      const peer = findNamed(hub, place.user);
      if (peer?.account === undefined) return refuse('no-such-account');
      if (peer === visit.user) return refuse('to-yourself');
      if (!env.keep.direct) return refuse('not-kept');
    }
  }
  return { ok: true, name: conversationOf(visit.user.name, place) };
}

function refuseUpload(
  turn: Turn,
  owner: AccountId,
  file: KeptFile | undefined,
  { from, bytes, spare, blob }: UploadSizes,
): UploadRefusal | undefined {
  if (bytes === undefined || bytes < from) return { code: 'malformed' };
  // An empty one would be whole before it is brought.
  if (blob !== undefined && bytes === 0) return { code: 'malformed' };
  if (file !== undefined && isSettled(file.stage)) return { code: 'file-sent' };
  if (from > (file?.stage.bytes ?? 0)) return { code: 'file-shorter' };
  const refusal = keepingRefusal(turn);
  if (refusal !== undefined) return { code: refusal };
  const busy = transfersRefusal(turn, owner, file);
  if (busy !== undefined) return { code: busy };
  return refuseSize(turn, owner, file, { blob, bytes, spare });
}

function refuseSize(
  turn: Turn,
  owner: AccountId,
  file: KeptFile | undefined,
  { blob, bytes, spare }: Pick<UploadSizes, 'blob' | 'spare'> & { readonly bytes: number },
): UploadRefusal | undefined {
  const {
    env,
    hub: { kept },
  } = turn;
  const sort = blob === undefined ? 'files' : 'blobs';
  const { total = Infinity } = env.keptFiles ?? {};
  const { quota, one } = quotaOf(turn, sort);
  if (bytes > one) return { code: 'file-too-large' };
  const before = file === undefined ? 0 : reservedBytes(file);
  const used = usedBy(kept, owner, sort);
  const room = quota - (used.bytes - before);
  if (bytes > room) return { code: 'file-quota', room: Math.max(0, room) };
  if (file === undefined && used.count >= env.maxKeptFilesPerAccount) {
    return { code: 'too-many-files' };
  }
  if (kept.bytes + kept.comingBytes - before + bytes > total) return { code: 'files-full' };
  // What other uploads may still bring is as good as written.
  const have = file?.stage.bytes ?? 0;
  const coming = kept.comingBytes - (before - have);
  return spare !== undefined && coming + bytes - have > spare ? { code: 'files-full' } : undefined;
}

function newFile(
  turn: Turn,
  {
    id,
    owner,
    name,
    blob,
  }: Pick<KeptFile, 'id' | 'owner'> & {
    readonly name: ConversationName;
    readonly blob: BlobKind | undefined;
  },
): KeptFile {
  const nothing = { bytes: 0, bound: 0 };
  const stage: KeptStage =
    blob === undefined ? { kind: 'upload', ...nothing } : { kind: 'blob', of: blob, ...nothing };
  return { id, owner, conversation: name, stage, since: turn.hub.kept.age };
}

/** Cuts what is kept behind `from`, also if the bytes behind it are still on the disk, and opens a port for the rest. */
function begin(
  turn: Turn,
  file: KeptFile,
  {
    bound,
    ...asked
  }: Pick<KeptTransfer, 'label' | 'from' | 'connection' | 'account'> & {
    readonly bound: number;
  },
): void {
  for (const transfer of transfersOf(turn.hub.kept, file)) closeKept(turn, transfer, 'replaced');
  file.since = turn.hub.kept.age;
  const { stage } = file;
  const sizes = { bytes: asked.from, bound };
  keepFile(
    turn,
    file,
    stage.kind === 'blob' ? { ...stage, ...sizes } : { kind: 'upload', ...sizes },
  );
  openKept(turn, { verb: 'UPLOAD', file, ...asked });
}

/** DROP: also of a file that was sent. Whose file it is not learns nothing. */
export function dropFile(turn: Turn, visit: Visit, request: RequestOf<'DROP'>): void {
  if (cannotChange(turn, visit, request)) return;
  const { label, id } = request;
  const file = turn.hub.kept.files.get(id);
  if (file !== undefined && file.owner === visit.user.account?.id) removeFile(turn, file);
  report(turn, visit.connection, { verb: 'DROPPED', label, id });
}

/** The file that a message names, if its sender may send it there; it may have been sent before. */
export function fileToSend(
  { hub: { kept } }: Turn,
  { user, private: isPrivate }: Visit,
  id: KeptFileId,
  conversation: ConversationName,
): KeptFile | 'not-here' | 'file-unknown' {
  if (!isPrivate) return 'not-here';
  const file = kept.files.get(id);
  if (file === undefined || file.owner !== user.account?.id || file.conversation !== conversation)
    return 'file-unknown';
  if (file.stage.kind === 'blob') return 'file-unknown';
  const isComing = transfersOf(kept, file).some(({ verb }) => verb === 'UPLOAD');
  return isComing ? 'file-unknown' : file;
}

/** A message has named a file: from now on it is for those who are there, and its time runs. */
export function fileSent(
  turn: Turn,
  file: KeptFile,
  people: Iterable<User>,
  seq: number | undefined,
): void {
  const waiting = new Map<AccountId, 'waits' | 'taken'>();
  for (const { account } of people) {
    if (account !== undefined && account.id !== file.owner) waiting.set(account.id, 'waits');
  }
  const { bytes } = file.stage;
  file.since = turn.hub.kept.age;
  if (waiting.size === 0) removeFile(turn, file);
  else keepFile(turn, file, { kind: 'sent', bytes, seq, people: waiting, has: new Map() });
}
