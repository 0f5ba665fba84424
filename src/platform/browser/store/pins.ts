// The keys by which people are known, in the database of an account. People to whom the person writes or about whom they
// have decided are never evicted; strangers are. The first to pin a name wins, also between two tabs.
import {
  decodeKnownChain,
  encodeKnownChain,
} from '../../../client/encryption/trust/known-chain.ts';
import type { KnownChain, Pin, PinStore } from '../../../client/encryption/trust/pin-store.ts';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import { attempt, write, type AccountDatabase } from './database.ts';

/** The most people pinned. Beyond that, new people are not pinned, and cannot be written to. */
const maxPins = 10_000;
/** The most strangers. Beyond that, the oldest are deleted first, so that invented names fill nothing else. */
const maxStrangers = 200;
/** The most names that were looked up and are not pinned. Beyond that, the oldest are forgotten. */
const maxAbsent = 1000;

export class BrowserPins implements PinStore {
  readonly #database: AccountDatabase;
  /** People who had no pin when looked up. If there is one now, another tab has made it. */
  readonly #absent = new Set<string>();

  constructor(database: AccountDatabase) {
    this.#database = database;
  }

  async get(user: string): Promise<Pin | undefined> {
    const pin = await attempt(() => this.#database.get('pins', user));
    if (pin !== undefined) return { key: pin.key, verified: pin.verified };
    this.#noteAbsent(user);
    const stranger = await attempt(() => this.#database.get('strangers', user));
    return stranger && { key: stranger.key, verified: false, isStranger: true };
  }

  async put(user: string, { key, verified }: Pin): Promise<'full' | undefined> {
    const wasAbsent = this.#absent.delete(user);
    const row = { user, key: key.slice(), verified, since: Date.now() };
    const outcome = await write(this.#database, ['pins', 'strangers'], async (transaction) => {
      const pins = transaction.objectStore('pins');
      const found = await pins.get(user);
      if (found !== undefined && wasAbsent) {
        if (!equalBytes(found.key, key)) return 'other';
        if (verified) await pins.put({ ...row, since: found.since });
        return undefined;
      }
      if (found === undefined && (await pins.count()) >= maxPins) return 'full';
      await pins.put({ ...row, since: found?.since ?? row.since });
      await transaction.objectStore('strangers').delete(user);
      return undefined;
    });
    if (outcome === 'other')
      throw new PrivateFileError(`another tab of this browser knows ${user} by another key`);
    if (outcome === 'full' && wasAbsent) this.#noteAbsent(user);
    return outcome;
  }

  note(user: string, key: Uint8Array): Promise<void> {
    return write(this.#database, ['strangers'], async (transaction) => {
      const strangers = transaction.objectStore('strangers');
      // If two tabs meet somebody at once, the first one counts, as for pins.
      if ((await strangers.getKey(user)) !== undefined) return;
      await strangers.put({ user, key: key.slice(), verified: false, since: Date.now() });
      const tooMany = (await strangers.count()) - maxStrangers;
      if (tooMany <= 0) return;
      for (const oldest of await strangers.index('since').getAllKeys(null, tooMany))
        await strangers.delete(oldest);
    });
  }

  async since(user: string): Promise<number | undefined> {
    const [pin, stranger] = await attempt(() =>
      Promise.all([this.#database.get('pins', user), this.#database.get('strangers', user)]),
    );
    return (pin ?? stranger)?.since;
  }

  async chain(user: string): Promise<KnownChain | undefined> {
    const row = await attempt(() => this.#database.get('chains', user));
    return row && decodeKnownChain(row.bytes);
  }

  putChain(user: string, known: KnownChain): Promise<void> {
    return write(this.#database, ['chains'], async (transaction) => {
      await transaction.objectStore('chains').put({ user, bytes: encodeKnownChain(known) });
    });
  }

  #noteAbsent(user: string): void {
    this.#absent.add(user);
    if (this.#absent.size <= maxAbsent) return;
    const [oldest] = this.#absent;
    if (oldest !== undefined) this.#absent.delete(oldest);
  }
}
