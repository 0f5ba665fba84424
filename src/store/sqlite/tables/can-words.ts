// What a client can, as words in one column: those that clients say in PROVE.

import type { Can } from '../../../hub/records.ts';

export function canText({ sealed, devices }: Can): string {
  return [...(sealed ? ['sealed'] : []), ...(devices === true ? ['devices'] : [])].join(' ');
}

/** The inverse. */
export function canOf(text: string): Can {
  const words = text.split(' ');
  return { sealed: words.includes('sealed'), ...(words.includes('devices') && { devices: true }) };
}
