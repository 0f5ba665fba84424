// Why a chat ended, in words, and what to do about it on a page.

import type { CloseReason } from '../../client/client-state.ts';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { reasonOf } from '../../client/wording/farewell.ts';

const advice: Readonly<Record<string, string>> = {
  'name-taken':
    'The name belongs to another device. Choose another one; or, if it is yours, link this browser to it.',
  'user-logged-in': 'Somebody is here under that name. Choose another one.',
  'invite-needed': 'Ask whoever runs the server for a code.',
  'invite-invalid': 'Ask whoever runs the server for a new code.',
  'registration-closed': 'Ask whoever runs the server.',
  'no-guests': 'Ask whoever runs the server for a code.',
  'account-banned': 'Only the person who runs the server can change that.',
  'device-revoked':
    'Another device of that account has revoked this one, or its recovery words have. What this browser has stays here.',
};

/** A sentence or two. */
export function closeWords(reason: CloseReason, address: ServerAddress): string {
  const why = `${capital(reasonOf(reason, address))}.`;
  const more = reason.code === 'refused' ? advice[reason.reply ?? ''] : others[reason.code];
  return more === undefined ? why : `${why} ${more}`;
}

const others: Readonly<Partial<Record<CloseReason['code'], string>>> = {
  untrusted: 'Somebody may be in between, or the server was set up anew. Ask whoever runs it.',
  unproven: 'Somebody may be in between. Ask whoever runs the server.',
  'accounts-gone': 'Somebody may be in between. Ask whoever runs the server.',
  unreachable: 'Is the server running?',
};

export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
