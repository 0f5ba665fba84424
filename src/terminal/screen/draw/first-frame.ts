// The screen before there is a client: shown at once, while the ciphers are still being loaded.

import { Bindings } from '../input/bindings.ts';
import type { Keys } from '../settings/config.ts';
import { OpenConversation } from '../open-conversation.ts';
import { ItemList } from '../../../client/timeline/item-list.ts';
import { drawFrame, type ShownModel } from './frame.ts';
import { lobbyId, type ConversationSummary } from '../../../client/timeline/model.ts';
import { Painter } from './painter.ts';
import type { TerminalOwner } from '../terminal-owner.ts';
import { themeOf, type SchemeName } from './theme.ts';

const lobby: ConversationSummary = {
  id: lobbyId,
  kind: 'lobby',
  name: 'Lobby',
  unread: 0,
  mentions: 0,
  protection: 'open',
  isHere: undefined,
  isReady: false,
  isLeft: false,
  mutedUntil: undefined,
};

export interface FirstFrame {
  readonly terminal: TerminalOwner;
  readonly scheme: SchemeName;
  readonly keys: Keys;
  readonly me: string;
  readonly server: string;
  readonly isTls: boolean;
}

/** Draws it on the terminal. */
export function drawFirstFrame({ terminal, scheme, keys, me, server, isTls }: FirstFrame): void {
  const theme = themeOf(scheme);
  const model: ShownModel = {
    me,
    server,
    isTls,
    connection: { phase: 'connecting', words: 'starting' },
    conversations: [lobby],
    quietUntil: undefined,
    transfers: [],
    entries: () => new ItemList(),
    people: () => [],
  };
  const { rows, cursor } = drawFrame({
    model,
    conversation: lobby,
    view: new OpenConversation(() => terminal.rows),
    theme,
    wishes: { list: undefined, people: undefined },
    hasBars: false,
    bindings: new Bindings(keys),
    overlay: undefined,
    remark: undefined,
    work: undefined,
    columns: terminal.columns,
    rows: terminal.rows,
    styleAt: (width) => ({ width, theme, links: false }),
  });
  new Painter((text) => terminal.write(text)).paint(rows, cursor);
}
