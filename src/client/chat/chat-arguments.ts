// Arguments that a program passes to the public library, decoded before use: the program may be JavaScript, and pass
// anything. Errors say what was expected, never what was given: it may be a secret.

import * as v from 'valibot';
import { parsePlace, type Place } from '../../wire/extended/names.ts';
import { ChatError } from './chat-error.ts';

/** The value decoded by `schema`. Throws a ChatError `usage` that says what `what` must be. */
export function given<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferOutput<S> {
  const decoded = v.safeParse(schema, value);
  if (decoded.success) return decoded.output;
  const [issue] = decoded.issues;
  const path = v.getDotPath(issue);
  throw new ChatError('usage', `${path === null ? what : `${what}: ${path}`} ${issue.message}`);
}

export const text = v.string('must be a string');
export const toggle = v.boolean('must be true or false');

export function oneOf<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, `must be ${words.join(' or ')}`);
}

/** In milliseconds: Infinity is without an end. */
export const duration = v.pipe(
  v.number('must be a number of milliseconds'),
  v.check(
    (ms) => ms >= 1 && (ms <= 2 ** 40 || ms === Infinity),
    'must be 1 to 2 ** 40, or Infinity',
  ),
  v.transform(Math.floor),
);
/** In milliseconds since 1970: Infinity is without an end, 0 none. */
export const untilMoment = v.pipe(
  v.number('must be milliseconds since 1970'),
  v.check(
    (at) => at >= 0 && (at <= Number.MAX_SAFE_INTEGER || at === Infinity),
    'must be milliseconds since 1970, Infinity or 0',
  ),
  v.transform(Math.floor),
);

const clock = v.pipe(
  v.string('must be a time of day'),
  v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, like 08:00'),
  v.transform((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))),
);
/** From and to, as minutes since midnight. */
export const clockHours = v.pipe(
  v.tuple([clock, clock], 'must be two times of day'),
  v.check(([from, to]) => from !== to, 'must be two different times of day'),
);

/** A function of the program. */
export const callback = v.function('must be a function');

/** More than anybody reads, and little enough for the memory. */
const maxPage = 100_000;

function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

export const pageOptions = v.optional(
  v.object(
    {
      before: v.optional(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
      limit: v.optional(wholeNumber(0, maxPage), 50),
    },
    'must be an object',
  ),
  {},
);

/** What of the history is exported, and how. */
export const exportOptions = v.optional(
  v.object(
    {
      place: v.optional(text),
      format: v.optional(v.picklist(['json', 'text'], 'must be json or text'), 'json'),
    },
    'must be an object',
  ),
  {},
);

/** What kind of group is made. */
export const groupKind = v.optional(
  v.object({ sealed: v.optional(toggle), private: v.optional(toggle) }, 'must be an object'),
  {},
);

/** A place in the form for `say`. */
export function placeOf(place: unknown): Place {
  const parsed = parsePlace(given(text, place, 'place'));
  if (parsed === undefined) {
    throw new ChatError('no-such-place', 'a place is lobby, #group or @person');
  }
  return parsed;
}
