// The numbers that clients know logs by. A log is called another number in each generation of the server's database, and
// which log it is stays the same: so it can be told whether one began before or behind a moment, whatever it was called.

/** Of the 53 bits that a number may have on its way to a client, these say which log it is. */
export const logNumbers = 2 ** 26;

/** Which log of the server's a number is of, counted from 1 over all generations. */
export function logIndex(number: number): number {
  return number % logNumbers;
}
