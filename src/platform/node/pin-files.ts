// The keys by which people are known, in the data directory: one small file for each person. `pins/<server>/` has the
// people to whom the person writes or about whom they have decided. These are never evicted. `strangers/<server>/` has
// others, who are. `chains/<server>/` has the chains of the former, and the own one. There is one file for each, so that two programs on the same directory never lose each other's. The
// first to pin a name wins.
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeKnownChain,
  encodeKnownChain,
  maxKnownChainBytes,
} from '../../client/encryption/trust/known-chain.ts';
import type { KnownChain, Pin, PinStore } from '../../client/encryption/trust/pin-store.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { serverFileName, userFileName } from './file-names.ts';
import { forgetOldest } from './forget-oldest.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import {
  createPrivateFile,
  damaged,
  fileTime,
  readPrivateFile,
  replacePrivateFile,
} from './private-file.ts';

/** The most people pinned per server. Beyond that, new people are not pinned, and cannot be written to. */
export const maxPins = 10_000;
/**
 * The most strangers per server. Beyond that, the oldest are deleted first, so that invented names fill nothing else.
 */
export const maxStrangers = 200;
/** The most names that were looked up and are not pinned. Beyond that, the oldest are forgotten. */
const maxAbsent = 1000;

const maxFileBytes = 256;
const keyBytes = 32;
const form = /^helo pin 1 ([\w-]{43}) (verified|unverified)\n$/;

/** The pins of one server in the data directory `directory`. */
export function openPins(directory: string, serverKey: string): PinStore {
  const server = serverFileName(serverKey);
  const folders = ['pins', 'strangers', 'chains'].map((name) => join(directory, name, server));
  const [pins = '', strangers = '', chains = ''] = folders;
  return new PinFiles(pins, strangers, chains);
}

class PinFiles implements PinStore {
  readonly #folder: string;
  readonly #strangers: string;
  readonly #chains: string;
  /** People who had no pin when looked up. If there is one now, another program has made it. */
  readonly #absent = new Set<string>();

  constructor(folder: string, strangers: string, chains: string) {
    this.#folder = folder;
    this.#strangers = strangers;
    this.#chains = chains;
  }

  async get(user: string): Promise<Pin | undefined> {
    const pin = await read(this.#pathOf(user), user);
    if (pin !== undefined) return pin;
    this.#noteAbsent(user);
    const stranger = await read(this.#strangerPath(user), user);
    return stranger && { key: stranger.key, verified: false, isStranger: true };
  }

  async put(user: string, pin: Pin): Promise<'full' | undefined> {
    const path = this.#pathOf(user);
    const record = encodePin(pin);
    const wasAbsent = this.#absent.delete(user);
    if (!wasAbsent && (await fileTime(path)) !== undefined) {
      await replacePrivateFile(path, record);
      return undefined;
    }
    if (!(await this.#hasRoom())) {
      if (wasAbsent) this.#noteAbsent(user);
      return 'full';
    }
    if (await createPrivateFile(path, record)) {
      // If it cannot be removed, it is ignored from now on.
      await unlink(this.#strangerPath(user)).catch(() => {});
      return undefined;
    }
    const winner = await read(path, user);
    if (winner !== undefined && encodeBase64url(winner.key) === encodeBase64url(pin.key)) {
      if (pin.verified) await replacePrivateFile(path, record);
      return undefined;
    }
    throw new PrivateFileError(
      `another program on this data directory knows ${user} by another key`,
    );
  }

  async note(user: string, key: Uint8Array): Promise<void> {
    // If two programs meet somebody at once, the first one counts, as for pins.
    await createPrivateFile(this.#strangerPath(user), encodePin({ key, verified: false }));
    await forgetOldest(this.#strangers, maxStrangers);
  }

  async since(user: string): Promise<number | undefined> {
    return (await fileTime(this.#pathOf(user))) ?? fileTime(this.#strangerPath(user));
  }

  async chain(user: string): Promise<KnownChain | undefined> {
    const path = join(this.#chains, userFileName(user));
    const bytes = await readPrivateFile(path, maxKnownChainBytes);
    if (bytes === undefined) return undefined;
    const known = decodeKnownChain(bytes);
    if (known === undefined) throw damaged(path, 'delete it, and its account is met anew');
    return known;
  }

  async putChain(user: string, known: KnownChain): Promise<void> {
    await replacePrivateFile(join(this.#chains, userFileName(user)), encodeKnownChain(known));
  }

  async #hasRoom(): Promise<boolean> {
    // No folder, no pins.
    const files = await readdir(this.#folder).catch(() => []);
    return files.length < maxPins;
  }

  #noteAbsent(user: string): void {
    this.#absent.add(user);
    if (this.#absent.size <= maxAbsent) return;
    const [oldest] = this.#absent;
    if (oldest !== undefined) this.#absent.delete(oldest);
  }

  #pathOf(user: string): string {
    return join(this.#folder, userFileName(user));
  }

  #strangerPath(user: string): string {
    return join(this.#strangers, userFileName(user));
  }
}

async function read(path: string, user: string): Promise<Pin | undefined> {
  const bytes = await readPrivateFile(path, maxFileBytes);
  if (bytes === undefined) return undefined;
  const pin = decodePin(bytes);
  if (pin === undefined) throw damaged(path, `delete it, and ${user} counts as never met`);
  return pin;
}

function encodePin({ key, verified }: Pin): Uint8Array {
  return encodeUtf8(`helo pin 1 ${encodeBase64url(key)} ${verified ? 'verified' : 'unverified'}\n`);
}

function decodePin(bytes: Uint8Array): Pin | undefined {
  const [, text = '', standing] = form.exec(decodeUtf8(bytes) ?? '') ?? [];
  const key = decodeBase64url(text);
  return key?.length === keyBytes ? { key, verified: standing === 'verified' } : undefined;
}
