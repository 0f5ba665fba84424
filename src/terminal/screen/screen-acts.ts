// The actions of the screen's keys, by their names in the table. draft.ts has the editor's own, each overlay its own.

import type { Appearance } from './draw/appearance.ts';
import type { Bindings } from './input/bindings.ts';
import type { Draft } from './input/draft.ts';
import type { ScreenAction } from './input/key-table.ts';
import type { Layout } from './draw/layout.ts';
import type { ExitKeys } from './exit-keys.ts';
import type { ConversationFocus } from './conversation-focus.ts';
import { callsIn, tellsIn } from '../../client/timeline/attention.ts';
import type { ConversationSummary, Model } from '../../client/timeline/model.ts';
import type { Overlay } from './overlay/overlay.ts';
import { Switcher } from './overlay/switcher.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import type { Choosing } from './choosing.ts';
import type { Composer } from './input/composer.ts';

export interface ActSources {
  readonly model: Model;
  readonly terminal: TerminalOwner;
  readonly focus: ConversationFocus;
  readonly composer: Composer;
  readonly choosing: Choosing;
  readonly exitKeys: ExitKeys;
  readonly appearance: Appearance;
  readonly bindings: Bindings;
  readonly layout: () => Layout | undefined;
  /** Opens an overlay. */
  readonly lay: (overlay: Overlay) => void;
  readonly help: () => void;
  readonly toggleMouse: () => void;
  readonly edit: () => void;
  readonly redraw: () => void;
}

const isAny = (): boolean => true;
const isUnread = (conversation: ConversationSummary): boolean => callsIn(conversation) > 0;
/** The messages are for this person, not just for anybody. */
const isMeant = (conversation: ConversationSummary): boolean => tellsIn(conversation) > 0;

/** What each action does. */
export function screenActs(sources: ActSources): Readonly<Record<ScreenAction, () => void>> {
  const { model, terminal, focus, composer, exitKeys, appearance, bindings, layout } = sources;
  const draft = (): Draft => focus.view.draft;
  const step =
    (by: 1 | -1, isMeantBy: (conversation: ConversationSummary) => boolean) => (): void =>
      focus.step(by, isMeantBy);
  const toPlace = (index: number) => (): void => {
    const conversation = model.conversations[index];
    if (conversation !== undefined) focus.open(conversation.id);
  };
  const oldest = (): void => void focus.toOldest();
  const newest = (): void => {
    focus.toNewest();
    appearance.showMessages(terminal.columns);
  };
  return {
    help: sources.help,
    switch: () => sources.lay(new Switcher(model, bindings, (id) => focus.open(id))),
    next: step(1, isAny),
    previous: step(-1, isAny),
    'next-unread': step(1, isUnread),
    'previous-unread': step(-1, isUnread),
    'next-mention': step(1, isMeant),
    'previous-mention': step(-1, isMeant),
    'page-up': () => focus.turn(-1),
    'page-down': () => focus.turn(1),
    'first-unread': () => focus.toUnread(),
    oldest,
    choose: () => sources.choosing.begin(),
    // The candidates of Tab go first, then the chosen message.
    newest: () => {
      if (draft().choices !== undefined) draft().uncomplete();
      else if (focus.chosen === undefined) newest();
      else focus.unchoose();
    },
    home: () => (draft().isEmpty ? oldest() : draft().edit('line-start')),
    end: () => (draft().isEmpty ? newest() : draft().edit('line-end')),
    'toggle-list': () => appearance.toggle('list', layout()),
    'toggle-people': () => appearance.toggle('people', layout()),
    'toggle-mouse': sources.toggleMouse,
    send: () => void composer.enter(),
    complete: () => composer.complete(1),
    'complete-back': () => composer.complete(-1),
    'search-sent': () => composer.searchSent(),
    editor: sources.edit,
    redraw: sources.redraw,
    clear: () => exitKeys.clear(),
    leave: () => (draft().isEmpty ? exitKeys.leave() : draft().edit('delete-forward')),
    suspend: () => terminal.suspend(),
    'place-1': toPlace(0),
    'place-2': toPlace(1),
    'place-3': toPlace(2),
    'place-4': toPlace(3),
    'place-5': toPlace(4),
    'place-6': toPlace(5),
    'place-7': toPlace(6),
    'place-8': toPlace(7),
    'place-9': toPlace(8),
    'place-10': toPlace(9),
  };
}
