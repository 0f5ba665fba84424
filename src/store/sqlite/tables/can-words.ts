// What a client can, as words in one column: those that clients say in PROVE.

import type { Can } from '../../../hub/records.ts';

export function canText({ sealed, devices = false, rooms = false, roles = false }: Can): string {
  const can = { sealed, devices, rooms, roles };
  return (['sealed', 'devices', 'rooms', 'roles'] as const).filter((word) => can[word]).join(' ');
}

/** The inverse. */
export function canOf(text: string): Can {
  const words = text.split(' ');
  return {
    sealed: words.includes('sealed'),
    ...(words.includes('devices') && { devices: true }),
    ...(words.includes('rooms') && { rooms: true }),
    ...(words.includes('roles') && { roles: true }),
  };
}
