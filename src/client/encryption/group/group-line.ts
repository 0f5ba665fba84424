// The lines of a sealed group's log, as clients read them: MLS commits, signed records, the server's own word that
// somebody is out, and sealed messages. Reads their outside only.
import { decodeBase64url } from '../../../lib/base64url.ts';
import type { ExtendedEventOf, RosterItem, ServerOut } from '../../../wire/extended/events.ts';
import type { Username } from '../../../wire/text.ts';

interface LineHead {
  readonly seq: number;
  readonly from: Username | undefined;
}

/** An MLS commit, or the founding of the group, which has none. */
export interface CommitLine extends LineHead {
  readonly kind: 'commit';
  readonly what: 'found' | 'enter' | 'remove' | 'rotate';
  /** The commit line that it follows. */
  readonly on: number;
  readonly commit: Uint8Array | undefined;
  readonly info: Uint8Array;
}

export interface MessageLine extends LineHead {
  readonly kind: 'message';
  readonly on: number;
  readonly sealed: Uint8Array;
}

export type GroupLine =
  | CommitLine
  | MessageLine
  /** Signed records without a commit. */
  | (LineHead & { readonly kind: 'records' })
  | (LineHead & { readonly kind: 'out'; readonly out: ServerOut });

type Said = ExtendedEventOf<'MSG'>;

/** A line of a sealed group; undefined for what was said in it while it was open, and for a line that makes no sense. */
export function groupLineOf(said: Said): GroupLine | undefined {
  const { seq, from, kind, on, commit, info, records, sealed, out } = said;
  if (seq === undefined) return undefined;
  const head = { seq, from };
  if (kind !== undefined) {
    const [commitBytes, infoBytes] = [commit, info].map((token) => token && decodeBase64url(token));
    if (!infoBytes || (kind !== 'found' && !commitBytes)) return undefined;
    const what = { what: kind, on: on ?? 0, commit: commitBytes || undefined, info: infoBytes };
    return { ...head, kind: 'commit', ...what };
  }
  if (out !== undefined) return { ...head, kind: 'out', out };
  if (records !== undefined) return { ...head, kind: 'records' };
  const bytes = sealed === undefined ? undefined : decodeBase64url(sealed);
  if (bytes === undefined || on === undefined) return undefined;
  return { ...head, kind: 'message', on, sealed: bytes };
}

/** What a line says about the roster, in the order in which it counts: the account's chain before the records. */
export function rosterItemsOf(said: Said, device: string | undefined): RosterItem[] {
  const { seq, kind, records = [], chain, out } = said;
  if (seq === undefined) return [];
  if (out !== undefined) return [{ seq, out }];
  const rest = [...records];
  const items: RosterItem[] = [];
  if (kind === 'found' && chain !== undefined) {
    const [record] = rest.splice(0, 1);
    if (record !== undefined) items.push({ seq, founded: { record, chain } });
  }
  if (kind === 'enter' && chain !== undefined && device !== undefined) {
    items.push({ seq, entry: { device, chain } });
  }
  if (kind === 'remove' && chain !== undefined) items.push({ seq, account: { chain } });
  return [...items, ...rest.map((record) => ({ seq, record }))];
}
