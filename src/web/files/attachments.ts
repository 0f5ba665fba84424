// What the person has chosen, dropped or pasted to send and has not sent yet, by conversation. It lives as long as the
// page: a browser forgets which files it was given.

import { signal } from '@preact/signals';
import { err, ok, type Result } from '../../lib/result.ts';
import type { ConversationId, ConversationSummary } from '../../client/timeline/model.ts';

/** More at once were probably not meant. */
export const maxAttachments = 20;

export class Attachments {
  readonly #chosen = signal<ReadonlyMap<ConversationId, readonly File[]>>(new Map());

  of(id: ConversationId): readonly File[] {
    return this.#chosen.value.get(id) ?? [];
  }

  /** The error says why they are not taken. */
  add({ id, ...place }: ConversationSummary, files: readonly File[]): Result<undefined, string> {
    const refusal = refusalIn(place);
    if (refusal !== undefined) return err(refusal);
    const all = [...this.of(id), ...files];
    this.#put(id, all.slice(0, maxAttachments));
    return all.length > maxAttachments
      ? err(`At most ${maxAttachments} files go at once: the others were left out.`)
      : ok(undefined);
  }

  remove(id: ConversationId, file: File): void {
    this.#put(
      id,
      this.of(id).filter((one) => one !== file),
    );
  }

  #put(id: ConversationId, files: readonly File[]): void {
    const next = new Map(this.#chosen.value);
    if (files.length === 0) next.delete(id);
    else next.set(id, files);
    this.#chosen.value = next;
  }
}

/** Why no files can be sent there. Undefined: they can. */
export function refusalIn({
  kind,
  protection,
  isLeft,
}: Pick<ConversationSummary, 'kind' | 'protection' | 'isLeft'>): string | undefined {
  if (isLeft) return 'You are not in this group any more.';
  if (kind === 'person' || protection === 'sealed') return undefined;
  return 'Files go to one person or to a sealed group, so that the server cannot read them.';
}

/** The files of a paste or a drop. Folders, which a browser gives as files that cannot be read, are left out. */
export function filesIn(data: DataTransfer | null): {
  readonly files: readonly File[];
  readonly hasFolder: boolean;
} {
  const files: File[] = [];
  let hasFolder = false;
  for (const item of data?.items ?? []) {
    if (item.kind !== 'file') continue;
    const file = item.getAsFile();
    if (item.webkitGetAsEntry()?.isDirectory === true) hasFolder = true;
    else if (file !== null) files.push(file);
  }
  return { files, hasFolder };
}

/** Whether a paste is a picture or files, and no text beside it, which a table or a page would be. */
export function isPasteOfFiles(data: DataTransfer | null): boolean {
  const types = data?.types ?? [];
  return types.includes('Files') && !types.includes('text/plain');
}

/** A pasted picture has the same name each time. */
export function named(file: File, at: Date): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const time = at.toISOString().slice(0, 19).replaceAll(':', '.').replace('T', ' ');
  return new File([file], file.name.replace('image', `picture ${time}`), { type: file.type });
}
