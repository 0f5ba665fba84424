// `/receipts` and `/typing` in words, and who has read a message. The same for line mode, the full screen and the page.

import { formatPlace, parsePlace } from '../../wire/extended/names.ts';
import { err, ok } from '../../lib/result.ts';
import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import { maxPeopleByDefault } from '../signals/limits.ts';
import type { WishSubject } from '../signals/signal-wishes.ts';

const onlyAccounts = 'only an account can say that';
const notKept = 'that could not be kept';

/** `/receipts`: of `lobby`, `#group`, `@user`, or `all`. */
export async function tellReadingWords(
  client: ChatClient,
  typed: string,
  isOn: boolean | undefined,
): Promise<Verdict> {
  const { signals } = client;
  if (signals === undefined) return err(onlyAccounts);
  const place = typed === 'all' ? undefined : parsePlace(typed);
  const conversation = client.conversations.find((one) => formatPlace(one.place) === typed);
  if (typed !== 'all' && (place === undefined || conversation === undefined)) {
    return err(`there is no conversation ${typed}`);
  }
  const subject: WishSubject = conversation?.name ?? 'receipts';
  if (isOn !== undefined && !(await kept(signals.wishes.set(subject, isOn)))) return err(notKept);
  if (conversation === undefined) {
    return ok(
      signals.wishes.of('receipts') === true
        ? `receipts are on: in private conversations, and in groups of up to ${maxPeopleByDefault}, others see how far you have read, and you see it of those who have them on. /receipts CONVERSATION off takes one out`
        : 'receipts are off, unless you turn them on for a conversation: nobody sees how far you have read, and you do not see it of others',
    );
  }
  return ok(
    signals.tellsReading(conversation.name)
      ? `receipts are on in ${typed}: others there see how far you have read, and you see it of those who have them on${limits(conversation.place.kind === 'direct')}`
      : `receipts are off in ${typed}: nobody there sees how far you have read, and you do not see it of others`,
  );
}

/** `/typing`. */
export async function tellTypingWords(
  client: ChatClient,
  isOn: boolean | undefined,
): Promise<Verdict> {
  const { signals } = client;
  if (signals === undefined) return err(onlyAccounts);
  if (isOn !== undefined && !(await kept(signals.wishes.set('typing', isOn)))) return err(notKept);
  return ok(
    signals.tellsTyping
      ? 'others see that you are writing, and you see it of those who show it'
      : 'nobody sees that you are writing, and you do not see it of others',
  );
}

function limits(isPrivate: boolean): string {
  return isPrivate ? '' : '. Among more than 32 people nobody is told';
}

function kept(writing: Promise<void>): Promise<boolean> {
  return writing.then(
    () => true,
    () => false,
  );
}
