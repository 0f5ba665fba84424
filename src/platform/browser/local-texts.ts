// Short texts that the page writes at once, where a browser can do that: its database answers later. A browser that keeps
// nothing, or has no room, keeps none of them.

export interface LocalTexts {
  read(key: string): string | undefined;
  /** Undefined removes it. */
  keep(key: string, text: string | undefined): void;
}

export const plainTexts: LocalTexts = {
  read(key) {
    try {
      return localStorage.getItem(key) ?? undefined;
    } catch {
      // A browser that was told to keep nothing throws.
      return undefined;
    }
  },
  keep(key, text) {
    try {
      if (text === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      // The same; or it is full.
    }
  },
};

/** What was typed in the last moment. */
export function draftsKey(username: string): string {
  return `helo-drafts-${username}`;
}

/** What the texts being written are for. */
export function purposesKey(username: string): string {
  return `helo-purposes-${username}`;
}

/** Which files of messages are here. */
export function filesKey(username: string): string {
  return `helo-files-${username}`;
}
