// One-time codes for creating an account. The code itself is shown once and never stored.

import { createHash, randomBytes } from 'node:crypto';
import { canonicalInvite } from '../../wire/extended/invite-code.ts';

/** Lower-case letters and digits, without similar ones. */
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz';
const groups = 5;
const groupLength = 6;

/** A new code that people can type: five groups of six letters, about 150 random bits. */
export function createInvite(): string {
  const letters = Array.from(randomBytes(groups * groupLength), (byte) =>
    alphabet.charAt(byte % 32),
  );
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-');
}

/** What is stored of a code, however it was typed: SHA-256, base64url. */
export function inviteHash(code: string): string {
  return createHash('sha256').update(canonicalInvite(code), 'utf8').digest('base64url');
}
