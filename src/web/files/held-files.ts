// The files that this page has: those that it has received, in the browser's hidden place, and those that the person has
// chosen here. Each is found by the digest of its content and by its name, which its message says: the same content may
// have come under another name, by which nobody meant it.

import { formatHex } from '../../lib/bytes.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import { filesKey, type LocalTexts } from '../../platform/browser/local-texts.ts';

/** What the platform keeps (platform/browser/files/page-files.ts). */
export interface PageFilePorts {
  /** A path for a file that the person has chosen, for as long as the page lives. */
  pick(file: File): string;
  /** What was received whole. Undefined: it is gone. */
  saved(path: string): Promise<File | undefined>;
  /** Removes it. */
  remove(path: string): Promise<void>;
}

/** Files that are remembered over a reload. The browser keeps their content for a week. */
const maxRemembered = 500;
/** Chosen files that are not hashed yet. */
const maxChosen = 64;

interface Chosen {
  readonly name: string;
  readonly file: File;
}

/** Which file it is. */
export function heldId(digest: string, name: string): string {
  return `${digest} ${harmless(name)}`;
}

export class HeldFiles {
  readonly #ports: PageFilePorts;
  readonly #texts: LocalTexts;
  readonly #key: string;
  readonly #received: Map<string, string>;
  readonly #own = new Map<string, File>();
  #chosen: readonly Chosen[] = [];

  constructor(me: string, ports: PageFilePorts, texts: LocalTexts) {
    this.#ports = ports;
    this.#texts = texts;
    this.#key = filesKey(me);
    this.#received = remembered(texts.read(this.#key));
  }

  /** A path of `file` for the client. */
  pick(file: File): string {
    const path = this.#ports.pick(file);
    const name = path.slice(path.lastIndexOf('/') + 1);
    this.#chosen = [...this.#chosen, { name, file }].slice(-maxChosen);
    return path;
  }

  hear(event: ClientEvent): void {
    if (event.type === 'expired') this.#expired(event.messages);
    if (event.type !== 'file' || event.event.type !== 'transfer') return;
    const { direction, digest, state, name, size } = event.event.transfer;
    if (digest === undefined || event.event.change === 'progress') return;
    const id = heldId(digest, name);
    if (direction === 'incoming' && state.phase === 'saved') {
      this.#received.delete(id);
      this.#received.set(id, state.path);
      this.#remember();
    }
    if (direction === 'outgoing' && !this.#own.has(id)) {
      const chosen = this.#chosen.find((one) => one.name === name && one.file.size === size);
      if (chosen === undefined) return;
      this.#own.set(id, chosen.file);
      this.#chosen = this.#chosen.filter((one) => one !== chosen);
    }
  }

  /** Messages have disappeared: what this page has kept of their files goes. What the person has saved stays. */
  #expired(messages: Extract<ClientEvent, { readonly type: 'expired' }>['messages']): void {
    for (const { content } of messages) {
      if (content.kind !== 'file') continue;
      const id = heldId(formatHex(content.sha256), content.name);
      const path = this.#received.get(id);
      this.#own.delete(id);
      if (path === undefined) continue;
      this.#received.delete(id);
      this.#remember();
      // What cannot be removed now goes when it is a week old.
      void this.#ports.remove(path).catch(() => {});
    }
  }

  /** Whether it may be here. */
  has(id: string): boolean {
    return this.#own.has(id) || this.#received.has(id);
  }

  async fileOf(id: string): Promise<File | undefined> {
    const own = this.#own.get(id);
    if (own !== undefined) return own;
    const path = this.#received.get(id);
    if (path === undefined) return undefined;
    const file = await this.#ports.saved(path);
    if (file === undefined && this.#received.delete(id)) this.#remember();
    return file;
  }

  #remember(): void {
    for (const id of this.#received.keys()) {
      if (this.#received.size <= maxRemembered) break;
      this.#received.delete(id);
    }
    this.#texts.keep(this.#key, JSON.stringify([...this.#received]));
  }
}

function remembered(kept = '[]'): Map<string, string> {
  try {
    const read: unknown = JSON.parse(kept);
    const pairs: readonly unknown[] = Array.isArray(read) ? read : [];
    return new Map(pairs.filter(isPair));
  } catch {
    return new Map();
  }
}

function isPair(value: unknown): value is readonly [string, string] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
  );
}
