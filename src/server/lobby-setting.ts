// Whether the lobby is sealed, as the operator sets it. A lobby that was sealed once stays so: opening it would hand
// what people say in it to the server without their word.

import type { GroupRecord } from '../hub/records.ts';
import type { Keep } from '../hub/turn.ts';
import { lobbyGroup } from '../wire/extended/names.ts';

/** `sealed`: the lobby is a sealed group for accounts. */
export const lobbyKinds = ['open', 'sealed'] as const;

export type LobbyKind = (typeof lobbyKinds)[number];

/** The setting does not fit what is stored, or the other settings. */
export class LobbyError extends Error {
  readonly code: 'is-sealed' | 'not-kept';

  constructor(code: LobbyError['code']) {
    super(
      code === 'is-sealed'
        ? 'the lobby of this server is sealed, and the settings say that it is open'
        : 'the lobby is to be sealed, and the settings say that nothing of groups is kept',
    );
    this.code = code;
  }
}

/** Throws where the lobby cannot be of that kind. */
export function checkLobby(
  kind: LobbyKind,
  { groups: isKept }: Keep,
  groups: readonly GroupRecord[],
): void {
  const isSealed = groups.some(({ name }) => name === lobbyGroup);
  if (isSealed && kind === 'open') throw new LobbyError('is-sealed');
  if (kind === 'sealed' && !isKept) throw new LobbyError('not-kept');
}
