// Reads the flags about storage.
import { err, ok } from '../../lib/result.ts';
import type { Keep } from '../../hub/turn.ts';
import { withWords } from '../flags/decoders.ts';
import type { Decoder } from '../flags/table.ts';

/** `on`, `off`, or some of `lobby`, `groups` and `direct`, separated by commas. */
export const kinds: Decoder<Keep> = withWords(
  ['on', 'off', 'lobby', 'groups', 'direct'],
  (text) => {
    if (text === 'on') return ok({ lobby: true, groups: true, direct: true });
    if (text === 'off') return ok({ lobby: false, groups: false, direct: false });
    const named = new Set(text.split(','));
    const keep = {
      lobby: named.delete('lobby'),
      groups: named.delete('groups'),
      direct: named.delete('direct'),
    };
    return named.size === 0
      ? ok(keep)
      : err('on, off, or some of lobby,groups,direct with commas between them');
  },
);

/** Days up to `most`; 0 or `off` for none, which is undefined. */
export function daysOrOff(most: number): Decoder<number | undefined> {
  const decode = countOrOff(0, most);
  return withWords(['off'], (text, folder) => {
    const days = decode(text, folder);
    return days.ok && days.value === 0 ? ok(undefined) : days;
  });
}

/** A whole number in a range, or `off` for no limit. */
export function countOrOff(least: number, most: number): Decoder<number | undefined> {
  return withWords(['off'], (text) => {
    if (text === 'off') return ok(undefined);
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most
      ? ok(value)
      : err(`a whole number from ${least} to ${most}, or off`);
  });
}
