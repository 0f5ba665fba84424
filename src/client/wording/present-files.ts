// The state of files, in words [7.11]. The sentences of version 1 are exact. Everything else is in this program's own
// words.

import type {
  AskReason,
  EndReason,
  Transfer,
  TransferEvent,
  TransferState,
} from '../files/transfer.ts';
import { peerWords } from '../files/file-peer.ts';
import { PrivateFileError } from '../store/private-file-error.ts';
import { formatBytes, formatShare } from './amounts.ts';
import { shownName, whoseFile } from './file-progress.ts';
import { notice, replied, warning, type PrintedLine } from './printed-line.ts';

/** Why a person is asked about a file. */
export const asks: Readonly<Record<AskReason, string>> = {
  large: 'it is more than is taken without asking',
  stranger: 'you have never written to them',
  'key-changed': 'IT COMES UNDER A CHANGED KEY, see above',
};

/** Why nothing was delivered, after "to bob" or "from bob". */
const ends: Readonly<Record<EndReason, string>> = {
  declined: 'it was declined',
  cancelled: 'it was cancelled',
  busy: 'too many files wait there already',
  'no-space': 'there is not enough room on the disk',
  unwritable: 'the folder for it cannot be written',
  corrupted: 'what came is not what was sent',
  changed: 'the file changed meanwhile',
  unreadable: 'the file cannot be read any more',
  gone: 'the sender does not have it any more',
  'no-such-user': 'nobody of that name is here',
  'cannot-encrypt': 'their program cannot encrypt, and files are never sent without',
  'not-confirmed': 'it was never confirmed',
  expired:
    'the server does not keep it any more: another device of yours has it, or its time is over',
  'over-quota':
    'the server keeps as many of your files as it does; there is room when others have taken them, or when you delete some',
  'too-large': 'it is larger than all that the server keeps of one person',
  'server-full': 'the server has no room for more files at the moment',
  'not-a-member': 'you are not in that group any more',
  'not-sealed': 'it is not sealed there, and the server could read it',
  refused: 'the server does not take it',
};

/** The lines for an event about files. */
export function presentFile(event: TransferEvent): readonly PrintedLine[] {
  switch (event.type) {
    case 'unverifiable-file':
      return [
        replied(`User "${event.from}" sends you a file!`),
        warning(
          `their program sends it in a form that cannot be verified: anybody could read and change it. It is not taken`,
        ),
      ];
    case 'transfer-not-kept':
      return [
        warning(
          `files will not go on by themselves after a restart: ${
            event.cause instanceof PrivateFileError ? event.cause.message : 'the disk says no'
          }`,
        ),
      ];
    case 'transfer':
      if (event.change === 'progress') return [];
      return event.transfer.direction === 'outgoing'
        ? presentOutgoing(event.transfer)
        : presentIncoming(event.transfer);
  }
}

function presentOutgoing(transfer: Transfer): readonly PrintedLine[] {
  const { group, size, number, state } = transfer;
  const peer = peerWords(transfer);
  const name = shownName(transfer.name);
  switch (state.phase) {
    case 'hashing':
      return [stoppable(`sending ${name} (${formatBytes(size)}) to ${peer}`, number)];
    case 'queued':
      return transfer.isKept && transfer.doneBytes === 0 ? [keeping(transfer)] : [];
    case 'asking':
      return [notice(`${peer} is asked whether to take ${name}`)];
    case 'held':
      return [warning(`${name} is not sent yet: the key of ${peer} has changed, see above`)];
    case 'moving':
      return wentOn(transfer);
    case 'paused':
      return paused(transfer, state);
    case 'delivered':
      return [replied(`File has successfully been delivered!`), notice(`${peer} has ${name}`)];
    case 'kept':
      return [
        notice(
          `${name} is at the server, encrypted, until ${group === undefined ? `${peer} has` : `all in ${peer} have`} taken it`,
        ),
      ];
    case 'ended': {
      const words = endWords(state);
      const told = `${name} was not delivered to ${peer}: ${words}`;
      if (state.reason === 'corrupted')
        return [replied(`File has been corrupted and not delivered!`), notice(told)];
      if (state.reason !== 'over-quota') return [warning(told)];
      return [warning({ typed: `${told}: /files, /cancel`, seen: told })];
    }
    case 'offering':
    case 'preparing':
    case 'confirming':
    case 'saved':
      return [];
  }
}

function stoppable(told: string, number: number): PrintedLine {
  return notice({ typed: `${told}; /cancel ${number} stops it`, seen: told });
}

/** Which way it goes, and why. */
function keeping(transfer: Transfer): PrintedLine {
  const { name, group } = transfer;
  const peer = peerWords(transfer);
  const what = shownName(name);
  return notice(
    group === undefined
      ? `${peer} is not here: ${what} goes to the server, encrypted, which keeps it for them`
      : `${what} goes to the server, encrypted, which keeps it for all in ${peer}`,
  );
}

function presentIncoming(transfer: Transfer): readonly PrintedLine[] {
  const { peer, size, number, state } = transfer;
  const name = shownName(transfer.name);
  const what = `${name} (${formatBytes(size)})`;
  const whose = whoseFile(transfer);
  switch (state.phase) {
    case 'asking': {
      const sentence = replied(`User "${peer}" sends you a file!`);
      if (state.why === undefined) {
        return [sentence, stoppable(`receiving ${what} from ${whose}`, number)];
      }
      const seen = `${what} from ${whose}, ${asks[state.why]}`;
      const typed = `${seen}: /accept ${number} takes it, /decline ${number} does not`;
      return [sentence, warning({ typed, seen })];
    }
    case 'held':
      return [warning(`${name} is not taken yet: the key of ${peer} has changed, see above`)];
    case 'moving':
      return wentOn(transfer);
    case 'paused':
      return paused(transfer, state);
    case 'saved':
      return [replied(`File "${placeOf(state.path)}" has successfully been saved!`)];
    case 'ended':
      return state.reason === 'corrupted'
        ? [replied(`File "${name}" has been corrupted and not saved!`)]
        : [notSaved(`${name} from ${whose} was not saved: ${endWords(state)}`, transfer)];
    case 'hashing':
    case 'kept':
    case 'queued':
    case 'offering':
    case 'preparing':
    case 'confirming':
    case 'delivered':
      return [];
  }
}

function wentOn({ name, doneBytes, size }: Transfer): readonly PrintedLine[] {
  if (doneBytes === 0) return [];
  return [notice(`${shownName(name)} goes on at ${formatShare(doneBytes, size)}`)];
}

function paused(
  transfer: Transfer,
  { why }: Extract<TransferState, { readonly phase: 'paused' }>,
): readonly PrintedLine[] {
  const { name, direction } = transfer;
  const peer = peerWords(transfer);
  const what = `${shownName(name)} ${direction === 'outgoing' ? 'to' : 'from'} ${peer}`;
  switch (why) {
    case 'interrupted':
      return [notice(`${what} was interrupted; it goes on by itself`)];
    case 'away':
      return [notice(`${what} waits until ${peer} is here`)];
    // The end of the login is reported elsewhere.
    case 'logged-out':
      return [];
  }
}

/** What the server keeps can be tried again. */
function notSaved(told: string, { isKept, number, state }: Transfer): PrintedLine {
  const isOfDisk =
    state.phase === 'ended' && (state.reason === 'no-space' || state.reason === 'unwritable');
  if (!isKept || !isOfDisk) return warning(told);
  return warning({
    typed: `${told}; /accept ${number} tries it again`,
    seen: `${told}. Under Files it can be tried again`,
  });
}

/** Why nothing was delivered. */
export function endWords({
  by,
  reason,
  detail,
}: Extract<TransferState, { phase: 'ended' }>): string {
  if (reason === 'cancelled' && by === 'peer') return 'they cancelled it';
  if (reason === 'cancelled') return 'you cancelled it';
  return detail === undefined ? ends[reason] : `${ends[reason]} (${detail})`;
}

/** Where somebody finds it. A browser's own place for files has no path that they could go to: there the name is all. */
function placeOf(path: string): string {
  return path.replace(/^saved\/[\da-f]{32}\//, '');
}
