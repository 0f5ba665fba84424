// How long a program that leaves waits for what is still unsent: as long as anything moves. A text may need several
// answers of the server before it goes out (a key, a chain, a room), and on a busy machine each of them takes its time. So
// answers count as well as texts that are done. Attempts to connect, and refusals, do not.

export interface SettlingPorts {
  /** Texts on their way. */
  readonly underWay: () => number;
  /** How many answers and messages have come from the server. */
  readonly heard: () => number;
  /** Resolves with whether something has changed within that time. */
  readonly moves: (withinMs: number) => Promise<boolean>;
  readonly now: () => number;
}

/** Where a server only ever answers and takes nothing: so many times as long. */
const mostWaits = 10;

/** Resolves when nothing is on its way any more, or nothing has moved for `withinMs`. */
export async function settling(ports: SettlingPorts, withinMs: number): Promise<void> {
  const { underWay, heard, moves, now } = ports;
  let [until, left, answers] = [now() + withinMs, underWay(), heard()];
  let end = now() + mostWaits * withinMs;
  while (left > 0) {
    const hasMoved = await moves(until - now());
    const isDone = underWay() < left;
    if (isDone) end = now() + mostWaits * withinMs;
    if (isDone || (now() >= until && heard() > answers && now() < end)) {
      until = now() + withinMs;
      answers = heard();
    } else if (!hasMoved || now() > until) return;
    left = underWay();
  }
}
