// `/recovery` and `/recovery new` in words: the recovery words themselves, once, or why there are none.

import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import type { OtherWordsFailure, OwnRecoveryFailure } from '../recovery/own-recovery.ts';
import { recoveryWordCount, type WordsFault } from '../../e2ee/recovery/recovery-words.ts';
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

/** `typed`: the words that hold. Others are said with `say`, before they hold. */
export async function otherWordsOf(
  client: ChatClient,
  typed: string,
  say: (text: string) => void,
): Promise<Verdict> {
  const { recovery } = client;
  if (recovery === undefined) return err(lackOf(client));
  const done = await recovery.renew(typed, (words) => say(newWords(words)));
  return done.ok
    ? ok('the new words hold from now on. The old ones are of no use any more: throw them away')
    : err(otherFailureWords(done.error));
}

/** What is asked before others are made. */
export const oldWordsAsked =
  'type the twelve recovery words that your account has now: others take their place';

function newWords(words: string): string {
  return `Write these twelve words down on paper, in their order: ${words}. They are shown this once and stored nowhere. They hold when that is said here; until then keep the old ones`;
}

function otherFailureWords(failure: OtherWordsFailure): string {
  switch (failure.kind) {
    case 'no-words':
      return `nothing was changed: ${faultWords(failure.fault)}`;
    case 'none':
      return 'your account has no recovery words yet: type /recovery alone';
    case 'not-these':
      return 'nothing was changed: these are not the recovery words that your account has now';
    case 'failed':
      return failure.why === 'gone'
        ? 'the connection was lost before the answer, so either the old words hold or those that were shown: keep both, and type /recovery new again when it is back, in this same program'
        : 'the server did not take the new words: the old ones hold, and those that were shown are of no use';
  }
}

/** Why what was typed are no recovery words. Names no word: they are secret. */
export function faultWords(fault: WordsFault): string {
  switch (fault.kind) {
    case 'count':
      return `these are ${fault.count} words, and recovery words are ${recoveryWordCount}`;
    case 'unknown':
      return `word ${fault.at} is none that recovery words have`;
    case 'check':
      return 'one of these words is another one, or they stand in another order';
  }
}

function madeWords(words: string): string {
  return `Write these twelve words down on paper, in their order: ${words}. They are shown this once and stored nowhere. If you lose all devices, they make a new one yours: a page asks for them at its entry, helo recover in a terminal. Whoever has them is you: show them to nobody`;
}

function failureWords(failure: OwnRecoveryFailure): string {
  if (failure.kind === 'there') {
    const day = new Date(Math.min(failure.since, maxDate)).toISOString().slice(0, 10);
    return `your account has recovery words since ${day}. They are not shown again; /recovery new makes others in their place, and asks for them`;
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
