// What is said of a history on its way from one device of the account to another.

import type { ClientEvent } from '../client-event.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ChatClient } from '../chat-client.ts';
import { lackOf } from './linking-words.ts';

type Moved = Extract<ClientEvent, { readonly type: 'history-moved' }>;

export const historyQuestion =
  'Your new device is in. /history give gives it everything that was said here; /history keep does not';

const barWidth = 20;

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
  const full = all === 0 ? barWidth : Math.min(barWidth, Math.floor((done / all) * barWidth));
  const bar = `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
  const percent = all === 0 ? 100 : Math.min(100, Math.floor((done / all) * 100));
  return `${whose}: ${bar} ${percent} %`;
}

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
  switch (await transfer.give()) {
    case 'begun':
      return ok(
        'your other device gets your history, the newest first. It goes on after a restart of either',
      );
    case 'alone':
      return err('no other device of yours has been in yet: start helo there first');
    case 'no-blobs':
      return err('this server keeps nothing for that: a newer one does');
    case 'no-connection':
      return err('there is no connection to the server');
  }
}
