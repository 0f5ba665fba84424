// What a server that was put back has forgotten of a sealed group: whom it has in again, who is in no more, and who the
// admins are. Two rosters, compared: the one that this device had, and the one of the server.
import { equalBytes, formatHex } from '../../../lib/bytes.ts';
import { adminsOf, memberOf, type SignedRoster } from '../../../wire/statements/roster.ts';
import type { GroupNotice } from './ports.ts';

/** Those who had been put out, and are in again: their root16 in hex. Who had left by themselves may leave again. */
export function returnedRoots(before: SignedRoster, after: SignedRoster): readonly string[] {
  return before.out
    .filter(({ why }) => why === 'banned' || why === 'kicked')
    .filter(({ root16 }) => memberOf(after, root16) !== undefined)
    .map(({ root16 }) => formatHex(root16));
}

/** Undefined where it has forgotten nothing. */
export function putBackNotice(
  before: SignedRoster,
  after: SignedRoster,
  me: string,
): GroupNotice | undefined {
  const wasIn = (root16: Uint8Array) => memberOf(before, root16) !== undefined;
  const again = after.members.filter(
    ({ root16, name }) =>
      name !== me && !wasIn(root16) && before.out.some((one) => equalBytes(one.root16, root16)),
  );
  const gone = before.members.filter(
    ({ root16, name }) => name !== me && memberOf(after, root16) === undefined,
  );
  const [had, has] = [adminsOf(before).map(nameOf), adminsOf(after).map(nameOf)];
  const admins = has.every((name) => had.includes(name)) ? [] : has;
  if (again.length + gone.length + admins.length === 0) return undefined;
  return { kind: 'put-back', again: again.map(nameOf), gone: gone.map(nameOf), admins };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
