// `/mute` and `/unmute` in words. The same for line mode, the full screen and the page.

import type { ChatClient } from '../chat-client.ts';
import type { Verdict } from '../commands/actions.ts';
import { err, ok } from '../../lib/result.ts';
import { formatPlace, parsePlace } from '../../wire/extended/names.ts';
import { mutedWords } from './muted-words.ts';

const hourMs = 3_600_000;
const unitMs = { m: 60_000, h: hourMs, d: 24 * hourMs } as const;
/** Longer is forever. */
const longestMs = 366 * 24 * hourMs;

/** How long `1h`, `8h`, `1d` and the like are, in milliseconds; `forever` is Infinity. Undefined for other words. */
export function parseSilence(typed: string): number | undefined {
  if (typed === 'forever') return Infinity;
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(typed) ?? [];
  const ms = Number(count) * (unitMs[unit as keyof typeof unitMs] ?? NaN);
  return ms > 0 && ms <= longestMs ? ms : undefined;
}

/** Mutes `typed` (`lobby`, `#group`, `@user`) for that long, or with 0 not any more. */
export async function muteWords(client: ChatClient, typed: string, ms: number): Promise<Verdict> {
  if (client.conversations.length === 0) return err('only an account can mute');
  const place = parsePlace(typed);
  const isKnown = client.conversations.some((one) => formatPlace(one.place) === typed);
  if (place === undefined || (place.kind !== 'direct' && !isKnown)) {
    return err(`there is no conversation ${typed}`);
  }
  if (!(await client.quiet.mute(place, ms))) return err('that could not be kept');
  if (ms === 0) return ok(`${typed} is not muted any more${othersWords(client)}`);
  const muted = mutedWords(client.quiet.mutedUntil(place) ?? Infinity);
  return ok(
    `${typed} is ${muted}, on all your devices: only what names you is told. /unmute ${typed} ends it${othersWords(client, typed)}`,
  );
}

function othersWords(client: ChatClient, but?: string): string {
  const others = client.quiet.muted.map(formatPlace).filter((name) => name !== but);
  return others.length === 0 ? '' : `. Muted too: ${others.join(', ')}`;
}
