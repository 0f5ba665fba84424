// `/recovery` in words: the words themselves, once, or why there are none.

import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import type { OwnRecoveryFailure } from '../recovery/own-recovery.ts';
import { err, ok } from '../../lib/result.ts';
import { lackOf } from './linking-words.ts';

/** The last moment that a Date knows: the time in a link is any number. */
const maxDate = 8.64e15;

export async function recoveryWordsOf(client: ChatClient): Promise<Verdict> {
  const { recovery } = client;
  if (recovery === undefined) return err(lackOf(client));
  const made = await recovery.make();
  return made.ok ? ok(madeWords(made.value)) : err(failureWords(made.error));
}

function madeWords(words: string): string {
  return `Write these twelve words down on paper, in their order: ${words}. They are shown this once and stored nowhere. If you lose all devices, helo recover makes a new one yours with them. Whoever has them is you: show them to nobody`;
}

function failureWords(failure: OwnRecoveryFailure): string {
  if (failure.kind === 'there') {
    const day = new Date(Math.min(failure.since, maxDate)).toISOString().slice(0, 10);
    return `your account has recovery words since ${day}. They are not shown again, and only they could make others`;
  }
  switch (failure.why) {
    case 'gone':
      return 'the connection was lost before the answer: type /recovery again when it is back, in this same program';
    case 'too-many-links':
      return 'your account has changed its devices too often today: try it again tomorrow';
    default:
      return 'the server did not take the recovery key, so no words were made';
  }
}
