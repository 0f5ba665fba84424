// The status row: the state of the connection, whether messages here are encrypted, and to whose key. In words and
// shapes, so that it says the same without colours. If there is no room, parts are left out from the right.

import type { ConnectionStatus, ConversationSummary } from '../../../client/timeline/model.ts';
import { protectionWords, shortProtectionWords } from '../../../client/wording/protection-words.ts';
import { quietWords } from '../../../client/wording/muted-words.ts';
import { typingWords } from '../../../client/wording/typing-words.ts';
import { fit, widthOf } from './text.ts';
import type { Theme } from './theme.ts';

export interface Status {
  readonly connection: ConnectionStatus;
  readonly server: string;
  readonly isTls: boolean;
  readonly conversation: ConversationSummary;
  /** Until when the person does not want to be disturbed. */
  readonly quietUntil: number | undefined;
  /** The running transfer. */
  readonly work: string | undefined;
  /** The key of the help, as people write it. */
  readonly helpKey: string;
}

/** The status row in exactly `width` columns. */
export function statusRow(status: Status, width: number, theme: Theme): string {
  const { connection, server, isTls, conversation, quietUntil, work, helpKey } = status;
  const sign = connection.phase === 'open' ? '●' : connection.phase === 'closed' ? '✗' : '◌';
  const state = `${sign} ${connection.words}`;
  const way = isTls ? 'TLS' : 'no TLS';
  const isNarrow = width < 90;
  const protection = (isNarrow ? shortProtectionWords : protectionWords)[conversation.protection];
  const help = `${helpKey} help`;
  const typing = typingWords(conversation.typing) || undefined;
  const quiet = quietUntil === undefined ? undefined : quietWords(quietUntil);
  const place = isNarrow ? undefined : `${server} (${way})`;
  const wished = [state, protection, typing, quiet, work, place];
  // Connection and encryption come first, then the key of the help, which newcomers look for, then the rest.
  const anchor = width - widthOf(help) - 4;
  const hasHelp = widthOf(state) + 3 + widthOf(protection) <= anchor;
  const parts = partsIn(wished, hasHelp ? anchor : width - 2);
  const left = ` ${parts.join(' │ ')}`;
  const right = hasHelp ? `${help} ` : '';
  const row = left + ' '.repeat(Math.max(0, width - widthOf(left) - widthOf(right))) + right;
  const isAlarm = connection.phase !== 'open' || conversation.protection === 'changed';
  return theme.paint('bar', isAlarm ? theme.paint('warning', row) : row);
}

/**
 * As many of `wished` as fit, from the left. The first one that does not fit is cut, if enough of it remains readable.
 */
function partsIn(wished: readonly (string | undefined)[], columns: number): readonly string[] {
  const parts: string[] = [];
  let room = columns;
  for (const part of wished) {
    if (part === undefined) continue;
    const cost = widthOf(part) + (parts.length === 0 ? 0 : 3);
    if (cost > room) {
      if (room > 8) parts.push(fit(part, room - 3));
      break;
    }
    parts.push(part);
    room -= cost;
  }
  return parts;
}
