// What is said of a history on its way from one device of the account to another.

import type { ClientEvent } from '../client-event.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ChatClient } from '../chat-client.ts';
import { lackOf } from './linking-words.ts';
import type { NoticeWords } from './printed-line.ts';

type Moved = Extract<ClientEvent, { readonly type: 'history-moved' }>;

export const historyQuestion: NoticeWords = {
  typed:
    'Your new device is in. /history give gives it everything that was said here; /history keep does not',
  seen: 'Your new device is in. Should it get everything that was said here?',
};

const barWidth = 20;
const workWidth = 10;

export function historyMovedWords({ role, state, text }: Moved): string {
  const whose = role === 'given' ? 'your history to your other device' : 'your history';
  if (state === 'all') {
    const here = role === 'given' ? 'your other device has your history' : 'your history is here';
    return text === undefined
      ? here
      : `${here}, but for ${text}, which the server has lost again and again`;
  }
  if (state === 'refused') return `${whose} is not given: the server refuses it (${text ?? ''})`;
  if (state === 'revoked') {
    return role === 'given'
      ? `${whose} is given no further: a device of yours was revoked. /history give begins again`
      : `${whose} comes no further: the device that gave it was revoked`;
  }
  const { done, all } = state;
  return `${whose}: ${barOf(done, all, barWidth)}`;
}

/** Whether it says how far a history is that comes or goes, or that it is at its end. */
export function isAboutHistory(event: ClientEvent): boolean {
  const isBackup = event.type === 'backup' && !['remember', 'failed'].includes(event.news.kind);
  return event.type === 'history-moved' || isBackup;
}

/** How far a history is. Undefined where nothing is on its way any more. */
export function historyFar(
  event: ClientEvent,
): { readonly done: number; readonly all: number } | undefined {
  const far =
    event.type === 'history-moved'
      ? event.state
      : event.type === 'backup' && event.news.kind === 'restoring'
        ? event.news
        : undefined;
  return typeof far === 'object' ? far : undefined;
}

/** The same in one short line that is drawn again and again. */
export function historyWork(event: ClientEvent): string | undefined {
  const far = historyFar(event);
  return far && `history ${barOf(far.done, far.all, workWidth)}`;
}

function barOf(done: number, all: number, width: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const full = Math.floor(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${Math.floor(share * 100)} %`;
}

export const giveRefusalWords = {
  alone: 'no other device of yours has been in yet: start helo there first',
  'no-blobs': 'this server keeps nothing for that: a newer one does',
} as const;

/** `/history give` and `/history keep`. */
export async function historyWords(
  client: ChatClient,
  answer: 'give' | 'keep',
): Promise<Result<string | undefined, string>> {
  const { historyTransfer: transfer } = client;
  if (transfer === undefined) return err(lackOf(client));
  if (answer === 'keep') {
    const wasAsked = await transfer.keepToItself();
    return ok(wasAsked ? 'your history stays on this device' : 'no history is being given');
  }
  const given = await transfer.give();
  switch (given) {
    case 'begun':
      return ok(
        'your other device gets your history, the newest first. It goes on after a restart of either',
      );
    case 'alone':
    case 'no-blobs':
      return err(giveRefusalWords[given]);
    case 'no-connection':
      return err('there is no connection to the server');
  }
}
