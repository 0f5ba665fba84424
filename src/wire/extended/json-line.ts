// A line of the extended protocol: a verb, a space, and one JSON object. Decoding checks the object against the
// verb's schema, drops unknown fields, and never throws.

import * as v from 'valibot';

/** What schemas of this protocol are: they check at once, and their output has the type of their input. */
export type JsonSchema<T> = v.GenericSchema<unknown, T>;

/** The object in `json`, checked by `schema`, or undefined if it is not JSON or does not fit. */
export function decodeJson<T>(schema: JsonSchema<T>, json: string): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // JSON.parse throws only for malformed input.
    return undefined;
  }
  const checked = v.safeParse(schema, value, { abortEarly: true });
  return checked.success ? checked.output : undefined;
}
