// From typed or pasted text to messages and actions. No typed text is lost: unsent text returns to the input. Pasted
// text is never a command.

import type { Bindings } from './bindings.ts';
import type { CommandActions } from '../../../client/commands/actions.ts';
import { runTyped } from '../../../client/commands/run.ts';
import { sourcesOf } from '../../../client/commands/completion.ts';
import type { ConversationFocus } from '../conversation-focus.ts';
import type { ConversationId, Model } from '../../../client/timeline/model.ts';
import type { Overlay } from '../overlay/overlay.ts';
import { completePath } from '../../line/path-completion.ts';
import { preferenceTable } from '../settings/preferences.ts';
import { PasteQuestion } from '../overlay/paste-question.ts';
import { SentSearch, sentTexts } from '../overlay/sent-search.ts';
import { encodeUtf8 } from '../../../lib/bytes.ts';
import type { Result } from '../../../lib/result.ts';
import { maxBytesIn, messagesOf, refusalOf } from '../../../client/commands/typed-lines.ts';
import { widthOf } from '../../columns.ts';
import { harmless } from '../../../client/wording/sanitize.ts';
import { expandTabs } from '../../tabs.ts';

export interface ComposerOptions {
  readonly model: Model;
  readonly focus: ConversationFocus;
  readonly bindings: Bindings;
  readonly actions: () => CommandActions;
  readonly ask: (question: Overlay) => void;
  /** Stores a text in a file that only the person can read. Returns the path, or why it failed. */
  readonly keepText: (text: string) => Promise<Result<string, string>>;
  /** Tells the person something about their last action. */
  readonly remark: (text: string | undefined) => void;
}

/** The values of each setting, for completion. */
const settings = Object.fromEntries(
  Object.entries(preferenceTable).map(([name, { values }]) => [name, values]),
);

/** Longer pasted text was probably meant as a file. */
const maxPasteLength = 1_000_000;
const maxPasteLines = 5_000;

export class Composer {
  readonly #options: ComposerOptions;

  constructor(options: ComposerOptions) {
    this.#options = options;
  }

  paste(text: string): void {
    const { focus, bindings, ask } = this.#options;
    const { draft } = focus.view;
    if (text.length > maxPasteLength) {
      void this.#refusePaste(text, 'that is too much to paste');
      return;
    }
    const column = widthOf(draft.beforeCursor);
    const lines = text
      .split(/\r\n|\r|\n/)
      .map((line, index) => harmless(expandTabs(line, index === 0 ? column : 0)));
    if (lines.at(-1) === '') lines.pop();
    if (lines.length > maxPasteLines) {
      void this.#refusePaste(text, `that is more than ${maxPasteLines} lines`);
      return;
    }
    const most = maxBytesIn(focus.conversation);
    const anchor = lines.length <= 1 ? bytesOf(draft.line) : 0;
    if (lines.some((line) => bytesOf(line) + anchor > most)) {
      void this.#refusePaste(text, `a message has at most ${most} bytes, and that is more`);
      return;
    }
    if (lines.length <= 1) {
      draft.insert(lines[0] ?? '');
      return;
    }
    const { id, kind, name } = focus.conversation;
    ask(
      new PasteQuestion({
        lines,
        place: kind === 'lobby' ? 'everybody' : name,
        bindings,
        answers: {
          edit: (pasted) => draft.insert(pasted.join('\n')),
          say: (pasted) => void this.#sayAll(id, pasted.join('\n')),
        },
        hasLines: this.#options.model.hasLines,
      }),
    );
  }

  /** The text stays as it was. The pasted text is in a file, from where the person can get it. */
  async #refusePaste(text: string, why: string): Promise<void> {
    const { keepText, remark } = this.#options;
    const kept = await keepText(text);
    remark(
      kept.ok
        ? `not pasted: ${why}. It is in ${kept.value}, which /send_file can send`
        : `not pasted: ${why}. Nor could it be kept: ${kept.error}`,
    );
  }

  /** Replaces the word before the cursor with the next candidate. */
  complete(step: 1 | -1): void {
    const { model, focus } = this.#options;
    focus.view.draft.complete(sourcesOf(model, { settings, paths: completePath }), step);
  }

  /** Asks which sent message to put into the input again. */
  searchSent(): void {
    const { model, focus, bindings, ask } = this.#options;
    const { draft } = focus.view;
    const texts = sentTexts(draft.history, model.entries(focus.id));
    ask(new SentSearch(texts, bindings, (text) => draft.set(text)));
  }

  /** Sends the typed text, or runs its command. */
  async enter(): Promise<void> {
    const { focus, actions, remark } = this.#options;
    const { id, view } = focus;
    const { draft } = view;
    const text = draft.text.trimEnd();
    if (text === '') return;
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    // A text behind such a command may have several lines.
    const isOne = lines.length === 1 || isAboutMessage(text);
    const refusal = refusalOf(isOne ? lines.slice(0, 1) : lines, draft.wasPasted);
    if (refusal !== undefined) {
      remark(refusal);
      return;
    }
    draft.sent(text);
    const { chosen } = view;
    if (!isAboutMessage(text)) view.chosen = undefined;
    focus.stayNewest();
    if (!isOne) {
      await this.#sayAll(id, text);
      return;
    }
    const verdict = await runTyped(text, actions());
    remark(verdict.ok ? verdict.value : verdict.error);
    // The question before a deletion is about the same one.
    const isOver = verdict.ok && verdict.value === undefined && view.chosen === chosen;
    if (isOver && draft.isEmpty) view.chosen = undefined;
    if (!verdict.ok && draft.isEmpty) draft.set(text);
  }

  /** Sends a text as it is: as one message, or a message for each line. */
  async #sayAll(id: ConversationId, text: string): Promise<void> {
    const { model, focus, remark } = this.#options;
    const messages = messagesOf(text, model.hasLines);
    for (const [index, message] of messages.entries()) {
      const verdict = await model.say(id, message);
      if (verdict.ok) continue;
      remark(verdict.error);
      const { draft } = focus.viewOf(id);
      if (draft.isEmpty) draft.insert(messages.slice(index).join('\n'));
      return;
    }
  }
}

/** Whether a command is about the chosen message, if one is. */
function isAboutMessage(text: string): boolean {
  return /^\s*\/(?:reply|edit|delete|react|edits)(?:\s|$)/i.test(text);
}

function bytesOf(text: string): number {
  return encodeUtf8(text).length;
}
