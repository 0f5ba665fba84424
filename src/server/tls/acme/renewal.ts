// When a certificate is ordered: at once if there is none, and again in the last third of its time. A try that fails
// takes nothing away; the next one comes later and later, since authorities count failures.
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { Certificate } from '../certificate.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How often the date is looked at. */
const lookEveryMs = 12 * hourMs;
const firstRetryMs = 10 * minuteMs;

export interface RenewalPorts {
  /** The certificate that is stored; undefined if there is none, or none that can be used. */
  readonly read: () => Promise<Certificate | undefined>;
  /** Gets another one and stores it. */
  readonly order: () => Promise<void>;
  /** Uses it. */
  readonly use: (certificate: Certificate) => void;
  readonly now: () => number;
  readonly after: Clock['after'];
  readonly log: Logger;
}

export class Renewal {
  readonly #ports: RenewalPorts;
  #cancel: () => void = () => {};
  #isOver = false;
  #retryMs = firstRetryMs;

  constructor(ports: RenewalPorts) {
    this.#ports = ports;
  }

  /** Resolves when the first look is over: the certificate is in use, or the reason is in the log. */
  async start(): Promise<void> {
    const nextMs = await this.#look();
    if (!this.#isOver) this.#cancel = this.#ports.after(nextMs, () => void this.start());
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  /** Returns when to look again. */
  async #look(): Promise<number> {
    const { read, order, use, now, log } = this.#ports;
    try {
      const stored = await read();
      if (stored !== undefined && !isDue(stored, now())) return lookEveryMs;
      await order();
      const renewed = await read();
      if (renewed === undefined) throw new Error('what the authority gave cannot be used');
      // The server may have ended meanwhile. The certificate waits on the disk.
      if (!this.#isOver) use(renewed);
      log.info({ until: renewed.validTo.toISOString() }, 'a certificate came from the authority');
      this.#retryMs = firstRetryMs;
      return lookEveryMs;
    } catch (error) {
      const againMs = this.#retryMs;
      this.#retryMs = Math.min(againMs * 2, lookEveryMs);
      const reason = error instanceof Error ? error.message : String(error);
      log.error(
        { reason, minutes: Math.round(againMs / minuteMs) },
        'no certificate came from the authority: what there is stays in use, and it is asked again',
      );
      return againMs;
    }
  }
}

/** The last third of its time, whatever that is: authorities give ninety days, or six. */
export function isDue({ validFrom, validTo }: Certificate, now: number): boolean {
  const third = (validTo.getTime() - validFrom.getTime()) / 3;
  return now > validTo.getTime() - third;
}
