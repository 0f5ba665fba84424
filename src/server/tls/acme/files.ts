// What a server keeps of its dealings with an ACME authority, in `acme/` of its data directory: the key of its account
// there (`account.pem`), and for each name one file with the certificate, its issuers and its private key (`NAME.pem`),
// so that a crash never leaves a certificate without its key. All are for the server's user alone.
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../lib/system-error.ts';
import { syncFolder, writeDurably } from '../durable-file.ts';

export class AcmeFiles {
  readonly #folder: string;

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'acme');
  }

  /** The file of the certificate for `name`, which may not be there yet. */
  certificateOf(name: string): string {
    return join(this.#folder, `${name}.pem`);
  }

  /** The key of the account in PEM; made by `make` and stored if there is none. Rejects with the system's error. */
  async accountKey(make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const path = join(this.#folder, 'account.pem');
    try {
      return await readFile(path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
    const key = await make();
    await this.#write(path, key);
    return key;
  }

  /** Puts a certificate in place of the one before. Rejects with the system's error. */
  storeCertificate(name: string, chain: string, key: Uint8Array): Promise<void> {
    const end = chain.endsWith('\n') ? '' : '\n';
    return this.#write(this.certificateOf(name), Buffer.from(`${chain}${end}${String(key)}`));
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.new`;
    await rm(draft, { force: true });
    await writeDurably(draft, bytes, 0o600);
    await rename(draft, path);
    await syncFolder(this.#folder);
  }
}
