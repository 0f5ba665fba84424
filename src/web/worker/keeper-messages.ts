// What the page and its service worker say to each other.

/** `look`: is there another page? `take`: the person wants the one with this digest. */
export type KeeperRequest =
  { readonly what: 'look' } | { readonly what: 'take'; readonly digest: string };

export interface KeeperAnswer {
  /** The digest of the page that is kept. */
  readonly current?: string | undefined;
  /** The digest of the page that the server has. */
  readonly offered?: string;
  readonly taken?: boolean;
}
