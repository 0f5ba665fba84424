// The keys by which people are known, in the data directory: one small file a person in `pins/<server>/`. One file
// each, so that two programs on the same directory never lose each other's; the first to pin a name wins.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pin, PinStore } from '../../client/private/ports.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8 } from '../../lib/bytes.ts';
import { serverFileName, userFileName } from './file-names.ts';
import {
  createPrivateFile,
  damaged,
  fileTime,
  PrivateFileError,
  readPrivateFile,
  replacePrivateFile,
} from './private-file.ts';

/** People pinned per server; beyond, new ones are not kept. A server that makes up names cannot fill the disk. */
export const maxPins = 10_000;
/** Names looked up and not pinned since; beyond, those looked up longest ago are forgotten. */
const maxAbsent = 1000;

const maxFileBytes = 256;
const keyBytes = 32;
const form = /^helo pin 1 ([\w-]{43}) (verified|unverified)\n$/;

/** The pins of one server in the data directory `directory`. */
export function openPins(directory: string, serverKey: string): PinStore {
  return new PinFiles(join(directory, 'pins', serverFileName(serverKey)));
}

class PinFiles implements PinStore {
  readonly #folder: string;
  /** Who had no pin when asked: if there is one now, another program has made it. */
  readonly #absent = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(user: string): Promise<Pin | undefined> {
    const pin = await this.#read(user);
    if (pin === undefined) this.#noteAbsent(user);
    return pin;
  }

  async put(user: string, pin: Pin): Promise<void> {
    const path = this.#pathOf(user);
    const record = encodePin(pin);
    if (!this.#absent.delete(user)) {
      await replacePrivateFile(path, record);
      return;
    }
    await this.#checkRoom();
    if (await createPrivateFile(path, record)) return;
    const winner = await this.#read(user);
    if (winner !== undefined && encodeBase64url(winner.key) === encodeBase64url(pin.key)) {
      if (pin.verified) await replacePrivateFile(path, record);
      return;
    }
    throw new PrivateFileError(
      `another program on this data directory knows ${user} by another key`,
    );
  }

  async since(user: string): Promise<number | undefined> {
    return fileTime(this.#pathOf(user));
  }

  async #read(user: string): Promise<Pin | undefined> {
    const path = this.#pathOf(user);
    const bytes = await readPrivateFile(path, maxFileBytes);
    if (bytes === undefined) return undefined;
    const pin = decodePin(bytes);
    if (pin === undefined) throw damaged(path, `delete it, and ${user} counts as never met`);
    return pin;
  }

  async #checkRoom(): Promise<void> {
    // No folder, no pins.
    const files = await readdir(this.#folder).catch(() => []);
    if (files.length >= maxPins) {
      throw new PrivateFileError(`${this.#folder} holds ${maxPins} people, which is the most`);
    }
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
}

function encodePin({ key, verified }: Pin): Uint8Array {
  return encodeUtf8(`helo pin 1 ${encodeBase64url(key)} ${verified ? 'verified' : 'unverified'}\n`);
}

function decodePin(bytes: Uint8Array): Pin | undefined {
  const [, text = '', standing] = form.exec(decodeUtf8(bytes) ?? '') ?? [];
  const key = decodeBase64url(text);
  return key?.length === keyBytes ? { key, verified: standing === 'verified' } : undefined;
}
