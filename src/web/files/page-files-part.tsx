// Files on the page: what is chosen, what is on its way, and what has come. It comes with the client (connect.ts); before
// that, and where a browser can keep no files, the page has no sign of them.

import type { JSX } from 'preact';
import type { ClientEvent } from '../../client/client-event.ts';
import type { MessageItem } from '../../client/timeline/model.ts';
import { formatHex } from '../../lib/bytes.ts';
import { lobbyGroup } from '../../wire/extended/names.ts';
import type { PageFilesView, Session } from '../chat/session.ts';
import { AttachButton } from './attach-button.tsx';
import { AttachmentTray } from './attachment-tray.tsx';
import { Attachments, filesIn, isPasteOfFiles, named, refusalIn } from './attachments.ts';
import { DropPlace } from './drop-place.tsx';
import { FileStrip } from './file-strip.tsx';
import { HeldFiles, type PageFilePorts } from './held-files.ts';
import { SaidFile } from './said-file.tsx';
import { TransferList } from './transfer-list.tsx';

export class PageFilesPart implements PageFilesView {
  readonly #session: Session;
  readonly #held: HeldFiles;
  readonly #attachments = new Attachments();

  constructor(session: Session, ports: PageFilePorts) {
    this.#session = session;
    this.#held = new HeldFiles(session.model.me, ports, session.settings.place.texts);
  }

  hear(event: ClientEvent): void {
    this.#held.hear(event);
  }

  /** A paste of files does not become text. Returns whether it was one. */
  pasted(data: DataTransfer | null): boolean {
    if (!isPasteOfFiles(data)) return false;
    const { files, hasFolder } = filesIn(data);
    this.#add(
      files.map((file) => named(file, new Date())),
      hasFolder,
    );
    return true;
  }

  /** Sends what is chosen for the open conversation. What does not go stays there. */
  async send(): Promise<void> {
    const { model, focus } = this.#session;
    const { id, kind, name } = focus.conversation;
    for (const file of this.#attachments.of(id)) {
      const path = this.#held.pick(file);
      const sent =
        kind === 'person'
          ? model.sendFile(name, path)
          : model.sendFileToGroup(kind === 'lobby' ? lobbyGroup : name, path);
      const verdict = await sent;
      this.#session.told(verdict);
      if (!verdict.ok) return;
      this.#attachments.remove(id, file);
    }
  }

  readonly Tools = (): JSX.Element | null => {
    const session = this.#session;
    session.watch();
    const isPossible = refusalIn(session.focus.conversation) === undefined;
    return isPossible ? <AttachButton take={(files) => this.#add(files)} /> : null;
  };

  readonly Pending = (): JSX.Element => {
    const session = this.#session;
    session.watch();
    const { conversation } = session.focus;
    const whom = refusalIn(conversation) === undefined ? conversation.name : undefined;
    return (
      <>
        <FileStrip session={session} held={this.#held} />
        <AttachmentTray session={session} attachments={this.#attachments} />
        <DropPlace whom={whom} take={this.#add} />
      </>
    );
  };

  readonly Said = ({ content }: Pick<MessageItem, 'content'>): JSX.Element | null =>
    content.kind === 'file' ? (
      <SaidFile
        session={this.#session}
        held={this.#held}
        digest={formatHex(content.sha256)}
        name={content.name}
      />
    ) : null;

  readonly All = (): JSX.Element => <TransferList session={this.#session} held={this.#held} />;

  readonly #add = (files: readonly File[], hasFolder = false): void => {
    const session = this.#session;
    const added = this.#attachments.add(session.focus.conversation, files);
    session.remark.value = added.ok
      ? hasFolder
        ? 'A folder cannot be sent: put it into an archive, or choose its files.'
        : undefined
      : added.error;
    document.querySelector<HTMLElement>('.composer textarea')?.focus();
  };
}
