// The numbers by which clients know logs. A number has two parts: the generation of the server's database, and the
// index of the log. A restore changes only the generation. So the index shows whether a log began before or after a
// moment, whatever its number was then.

/** A number for clients has 53 bits. Its remainder by this is the index of the log. */
export const logNumbers = 2 ** 26;

/** The index of the log that `number` belongs to, counted from 1 over all generations. */
export function logIndex(number: number): number {
  return number % logNumbers;
}
