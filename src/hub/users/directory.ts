// The directory: an entry for each link that the server has taken, and for each account that was reset or removed, in
// the order of the steps (wire/statements/directory.ts). Owns what is appended when. The entries are in the store, and
// the hub knows only how many there are.

import { encodeBase64url } from '../../lib/base64url.ts';
import { change, type Turn } from '../turn.ts';

/** Says about the account `name` what is so from now on. `what`: the hash of a link, or a word. */
export function enterInDirectory(
  turn: Turn,
  name: string,
  what: Uint8Array | 'reset' | 'removed',
): void {
  const said = typeof what === 'string' ? what : encodeBase64url(what);
  append(turn, name, said);
}

/**
 * A device was here in a run that this server does not know: its data are older than what was shown. Whoever has a copy
 * of the directory then knows why entries are gone. Once a run is enough.
 */
export function noteRuns(turn: Turn, told: readonly number[] | undefined): void {
  const { hub } = turn;
  const [current] = hub.runs;
  const [latest] = told ?? [];
  if (current === undefined || latest === undefined || hub.directory.isPutBack) return;
  if (hub.runs.some(({ run }) => run === latest)) return;
  hub.directory.isPutBack = true;
  append(turn, String(current.run), 'put-back');
}

/**
 * A device has more of the directory than there is: the data are older than what was shown, though no run is missing.
 * Whoever says so without having it brings nothing about but this entry, once in a run.
 */
export function noteSize(turn: Turn, known: number): void {
  const { hub } = turn;
  const [current] = hub.runs;
  if (current === undefined || known <= hub.directory.size || hub.directory.isPutBack) return;
  hub.directory.isPutBack = true;
  append(turn, String(current.run), 'put-back');
}

function append(turn: Turn, name: string, what: string): void {
  const { directory } = turn.hub;
  change(turn, { type: 'directory', entry: { n: directory.size, name, what } });
  directory.size += 1;
}
