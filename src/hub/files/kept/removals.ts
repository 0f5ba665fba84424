// When kept files go [13.8]: nobody waits for them any more, their time is over, or what they belong to has ended.

import { parseConversation, type ConversationName } from '../../../wire/extended/names.ts';
import type { AccountId } from '../../records.ts';
import { findNamed, type Log, type User } from '../../state.ts';
import type { Turn } from '../../turn.ts';
import { countedDevices } from '../../users/devices.ts';
import { isWholeBlob } from './blobs.ts';
import { closeKept, keepFile, removeFile, transfersOf } from './kept-book.ts';
import type { KeptFile } from './kept-state.ts';

/** How long an upload waits for its message, and a blob to be whole or to be given to a new device, in milliseconds. */
const uploadMs = 86_400_000;

/** Somebody has taken a file, or it is not for them any more. It goes when nobody waits for it. */
export function setPerson(
  turn: Turn,
  file: KeptFile,
  account: AccountId,
  state: 'taken' | 'out',
): void {
  const { stage } = file;
  const before = stage.kind === 'sent' ? stage.people.get(account) : undefined;
  if (stage.kind !== 'sent' || before === undefined || before === state) return;
  const people = new Map(stage.people);
  const has = new Map(stage.has);
  has.delete(account);
  if (state === 'out') people.delete(account);
  else people.set(account, state);
  if ([...people.values()].includes('waits')) keepFile(turn, file, { ...stage, people, has });
  else removeFile(turn, file);
}

/**
 * A device has taken a file, or does not want it. Its account has taken it when all its devices have for which others
 * wait: each of them may want it.
 */
export function setTaken(
  turn: Turn,
  file: KeptFile,
  user: User,
  device: string | undefined,
  at: number,
): void {
  const { stage } = file;
  const id = user.account?.id;
  if (stage.kind !== 'sent' || id === undefined || stage.people.get(id) !== 'waits') return;
  const before = stage.has.get(id) ?? [];
  const devices = device === undefined || before.includes(device) ? before : [...before, device];
  if (hasAll(user, devices, at)) setPerson(turn, file, id, 'taken');
  else if (devices !== before) {
    keepFile(turn, file, { ...stage, has: new Map(stage.has).set(id, devices) });
  }
}

/** An account has fewer devices: files that the others have taken wait for it no more. */
export function settleTaken(turn: Turn, user: User, at: number): void {
  for (const file of turn.hub.kept.files.values()) setTaken(turn, file, user, undefined, at);
}

function hasAll(user: User, devices: readonly string[], at: number): boolean {
  return devices.length > 0 && countedDevices(user, at).every(({ key }) => devices.includes(key));
}

/**
 * Somebody is out of a group: they fetch nothing of it any more, and nothing waits for them. What they have sent stays for
 * the others; what they have not sent goes.
 */
export function leaveFiles(turn: Turn, conversation: ConversationName, user: User): void {
  const { kept } = turn.hub;
  const id = user.account?.id;
  // Guests have none.
  if (id === undefined) return;
  for (const file of kept.ofConversation.get(conversation) ?? []) {
    if (file.owner === id && file.stage.kind === 'upload') removeFile(turn, file);
    for (const transfer of transfersOf(kept, file)) {
      if (transfer.account === id) closeKept(turn, transfer, 'file-gone');
    }
    setPerson(turn, file, id, 'out');
  }
}

/** A conversation has ended. */
export function removeFilesOf(turn: Turn, conversation: ConversationName): void {
  for (const file of turn.hub.kept.ofConversation.get(conversation) ?? []) removeFile(turn, file);
}

/** An account has no devices any more: what they have left for each other goes. */
export function removeBlobs(turn: Turn, account: AccountId): void {
  for (const file of turn.hub.kept.ofOwner.get(account) ?? []) {
    if (file.stage.kind === 'blob') removeFile(turn, file);
  }
}

/** An account is removed. */
export function removeOwnFiles(turn: Turn, account: AccountId): void {
  for (const file of turn.hub.kept.ofOwner.get(account) ?? []) removeFile(turn, file);
}

/**
 * Messages before `first` were deleted for their age, or because there were too many: their files go with them, but for a
 * file of two people whose message the other has got.
 */
export function trimFiles(turn: Turn, log: Log): void {
  for (const file of turn.hub.kept.ofConversation.get(log.name) ?? []) {
    const { stage } = file;
    if (stage.kind !== 'sent' || stage.seq === undefined || stage.seq >= log.first) continue;
    if (!hasGot(turn, log, stage.seq, file.owner)) removeFile(turn, file);
  }
}

/** Whether the one of two people whom a message is for has got it. */
function hasGot({ hub }: Turn, log: Log, seq: number, owner: AccountId): boolean {
  const sender = hub.accounts.get(owner);
  const conversation = parseConversation(log.name);
  if (conversation?.kind !== 'direct') return false;
  const peer = conversation.people
    .map((name) => findNamed(hub, name))
    .find((user) => user !== sender);
  const direct = peer && sender?.account?.directs?.get(peer);
  return (direct?.sides.find(({ user }) => user === peer)?.got ?? 0) >= seq;
}

/** The server's age clock says `age`: files whose time is over go. */
export function filesAged(turn: Turn, age: number): void {
  const { kept } = turn.hub;
  kept.age = Math.max(kept.age, age);
  if (!turn.hub.storing) return;
  for (const file of kept.files.values()) {
    if (kept.age - file.since >= timeOf(turn, file)) removeFile(turn, file);
  }
}

/** How long a file is kept as it is, in milliseconds. */
function timeOf({ env }: Turn, { stage }: KeptFile): number {
  if (env.keptFiles === undefined) return 0;
  const { keepMs } = env.keptFiles;
  if (stage.kind === 'sent') return keepMs;
  if (stage.kind === 'upload') return Math.min(uploadMs, keepMs);
  return stage.of === 'backup' && isWholeBlob(stage) ? Infinity : uploadMs;
}

/** A message was erased: the file goes that it has named last. */
export function removeFileOf(turn: Turn, conversation: ConversationName, seq: number): void {
  for (const file of turn.hub.kept.ofConversation.get(conversation) ?? []) {
    if (file.stage.kind === 'sent' && file.stage.seq === seq) removeFile(turn, file);
  }
}

/** The bytes of these files are not there: after a restore, or a failure of the disk. */
export function filesLost(turn: Turn, ids: readonly KeptFile['id'][]): void {
  for (const id of ids) {
    const file = turn.hub.kept.files.get(id);
    if (file !== undefined) removeFile(turn, file);
  }
}
