// Which MLS group the server says a conversation is.

import { decodeBase64url } from '../../../lib/base64url.ts';
import { formatHex } from '../../../lib/bytes.ts';
import type { KeptConversation } from '../../../wire/extended/events.ts';

/** The MLS group of a described conversation in hex; undefined of one that is not sealed. */
export function sealedIdOf({ sealed, groupId }: KeptConversation): string | undefined {
  const bytes = sealed === true && groupId !== undefined ? decodeBase64url(groupId) : undefined;
  return bytes && formatHex(bytes);
}
