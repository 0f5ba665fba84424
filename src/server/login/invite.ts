// One-time codes for creating an account. The code itself is shown once and never stored.

import { createHash, randomBytes } from 'node:crypto';
import { canonicalInvite } from '../../wire/extended/invite-code.ts';

/** Small letters and digits, without those that look like others. */
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz';
const groups = 5;
const groupLength = 6;

/** A fresh code, as people can type it: five groups of six letters, 150 bits of chance. */
export function createInvite(): string {
  const letters = Array.from(randomBytes(groups * groupLength), (byte) =>
    alphabet.charAt(byte % 32),
  );
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-');
}

/** What is kept of a code, however it was typed: SHA-256, base64url. */
export function inviteHash(code: string): string {
  return createHash('sha256').update(canonicalInvite(code), 'utf8').digest('base64url');
}
