// `/timer` in words. The same for line mode, the full screen and the page.
import { err, ok } from '../../lib/result.ts';
import type { ExpirySeconds } from '../../wire/expiry.ts';
import { formatPlace, parsePlace } from '../../wire/extended/names.ts';
import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import { cannotAmend } from './cannot-amend.ts';
import { timeWords } from './timer-words.ts';

const stays =
  'What was said before stays, and so does what is said with an earlier version of helo; and whoever reads something can keep it';

/** Sets the timer of `typed` (`lobby`, `#group`, `@user`), or says which holds. */
export async function timerAnswer(
  client: ChatClient,
  typed: string,
  seconds: ExpirySeconds | 0 | undefined,
): Promise<Verdict> {
  const place = parsePlace(typed);
  const isKnown = client.conversations.some((one) => formatPlace(one.place) === typed);
  if (place === undefined || (place.kind !== 'direct' && !isKnown))
    return err(`there is no conversation ${typed}`);
  if (seconds === undefined) return ok(stateWords(typed, client.timerAt(place)));
  const { speech } = client;
  if (speech === undefined) return err(cannotAmend.guest);
  const done = await speech.setTimer(place, seconds);
  if (!done.ok) return err(done.error.hint);
  return ok(seconds === 0 ? undefined : `${stays}.`);
}

function stateWords(typed: string, seconds: ExpirySeconds | 0): string {
  if (seconds === 0) return `what is said in ${typed} stays`;
  return `what is said in ${typed} disappears ${timeWords(seconds)} after it was read. ${stays}`;
}
