// What a person can do once the client is there: typed commands, and what they do on a page.

import type { ChatClient } from '../../client/chat-client.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import { complete, sourcesOf } from '../../client/commands/completion.ts';
import { runTyped } from '../../client/commands/run.ts';
import { screenActions } from '../../client/commands/screen-actions.ts';
import { commands } from '../../client/commands/table.ts';
import { exportText } from '../../client/wording/export-text.ts';
import type { ConversationId } from '../../client/timeline/model.ts';
import { Announcer } from './announcer.tsx';
import { err, ok } from '../../lib/result.ts';
import {
  isPagePreference,
  prefer,
  preferenceNames,
  preferenceOf,
  preferenceTable,
} from '../preferences.ts';
import { PageSuggestions } from '../suggestions/page-suggestions.tsx';
import { chooseFile } from '../files/choose-file.ts';
import { pageLink } from './link-in-address.ts';
import { saveText } from './save-text.ts';
import type { ConnectedActions, Session } from './session.ts';

const leaveWithinMs = 5_000;

const settings = Object.fromEntries(
  Object.entries(preferenceTable).map(([name, { values }]) => [name, values]),
);

export class SessionActions implements ConnectedActions {
  readonly suggestions = new PageSuggestions({
    complete: (line) =>
      complete(line, sourcesOf(this.#session.model, { settings, paths: () => [] })),
    helpOf: (text) => (Object.hasOwn(commands, text) ? commands[text]?.help : undefined),
  });
  readonly Announcer = Announcer;
  readonly #session: Session;
  readonly #client: ChatClient;
  /** The safety numbers that were shown, by name. */
  readonly #compared = new Map<string, string>();

  constructor(session: Session, client: ChatClient) {
    this.#session = session;
    this.#client = client;
  }

  /** Sends what is typed, or does what it says. */
  run(text: string): Promise<Verdict> {
    return runTyped(text, this.actions());
  }

  /** The actions of commands, for the conversation that is open now. */
  actions(): CommandActions {
    const { model, focus, overlay, messages } = this.#session;
    const { id, conversation, hasDraft } = focus;
    const open = (to: ConversationId): void => focus.open(to);
    const actions = screenActions({
      model,
      // What the text answers is what commands about messages are about.
      focus: { id, conversation, hasDraft, open, chosen: messages.value?.answers },
      beginEdit: ({ key }) => messages.value?.edit(key),
      compared: this.#compared,
      help: () => (overlay.value = { kind: 'help' }),
      files: () => (overlay.value = { kind: 'files' }),
      showGroup: (group) => (overlay.value = { kind: 'about', id: `#${group}` }),
      showGroups: () => (overlay.value = { kind: 'groups' }),
      full: () => err('Every message here can be opened where it stands.'),
      askWords: () =>
        new Promise((resolve) => (overlay.value = { kind: 'words', answer: resolve })),
      drawNumber: (name) => (overlay.value = { kind: 'verify', name }),
      search: (query) => {
        overlay.value = { kind: 'search', query };
        return ok(undefined);
      },
      pins: (id) => (overlay.value = { kind: 'pins', id }),
      reveal: (id, key) => void focus.reveal({ id, reveal: () => Promise.resolve(key) }),
      linkOf: pageLink,
      now: Date.now,
      set: (name, value) => Promise.resolve(this.#set(name, value)),
      export: async (name, id, format) => {
        const isShown = id !== undefined && format === 'text';
        const text = isShown
          ? ok(exportText(model.everything(id)))
          : await model.exported(id, format);
        if (!text.ok) return text;
        return ok(`given to the browser as ${await saveText(name, text.value)}`);
      },
      import: async () => {
        const file = await chooseFile();
        if (file === undefined) return ok('No file was chosen.');
        return model.import(() => chunksOf(file));
      },
      path: (typed) => typed,
      leave: () => void this.#session.leave(),
    });
    return { ...actions, say: (text) => this.#session.say(id, text) };
  }

  get sharedDrafts(): ReadonlyMap<string, string> {
    return this.#client.sharedDrafts;
  }

  drafted(place: string, text: string): Promise<void> {
    return this.#client.drafted(place, text);
  }

  async leave(): Promise<void> {
    await this.#client.settled(leaveWithinMs);
    await this.#client.quit();
  }

  #set(name: string | undefined, value: string | undefined): Verdict {
    if (value !== undefined) {
      const done = prefer(name ?? '', value);
      this.#session.soon();
      return done.ok ? ok(`${name ?? ''} is ${value}`) : done;
    }
    if (name !== undefined && !isPagePreference(name)) return prefer(name, '');
    for (const one of preferenceNames.filter((one) => name === undefined || one === name)) {
      this.#session.notify('notice', `${one} is ${preferenceOf(one)}`);
    }
    return ok(undefined);
  }
}

/** The bytes of a file, piece by piece: not every browser can iterate over a stream. */
async function* chunksOf(file: File): AsyncIterable<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
