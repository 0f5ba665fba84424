// One backup to a file: as one to a server (backup-run.ts), with the file in the place of the server. Each file has a key
// of its own, and is remembered by its path: what is in it already is not sealed again.

import { encodeBase64url } from '../../lib/base64url.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { VaultBox } from '../../e2ee/vault/vault-box.ts';
import type { BackupFile } from './backup-files.ts';
import type { BackupPorts, FileBackupDone, FileBackupFailure } from './backup-ports.ts';
import { BackupRun } from './backup-run.ts';
import { noVault, withFiled, type VaultState } from './vault-state.ts';

export class FileBackupRun {
  readonly #ports: BackupPorts;
  readonly #box: VaultBox;
  readonly #load: () => Promise<VaultState>;
  readonly #keep: (state: VaultState) => Promise<void>;

  constructor(
    ports: BackupPorts,
    box: VaultBox,
    load: () => Promise<VaultState>,
    keep: (state: VaultState) => Promise<void>,
  ) {
    this.#ports = ports;
    this.#box = box;
    this.#load = load;
    this.#keep = keep;
  }

  async run(path: string): Promise<Result<FileBackupDone, FileBackupFailure>> {
    const file = await this.#ports.files?.open(path);
    if (file === undefined) return err('no-files');
    if (!('blobs' in file)) return err({ path, why: file.fault });
    try {
      return await this.#fill(file);
    } finally {
      await file.close();
    }
  }

  async #fill(file: BackupFile): Promise<Result<FileBackupDone, FileBackupFailure>> {
    const { path } = file;
    const ports = { ...this.#ports, blobs: () => file.blobs };
    const keep = (state: VaultState) => this.#keepOf(path, state);
    const done = await new BackupRun(ports, this.#box, true, () => this.#of(path), keep).run();
    const bytes = done.ok ? await file.finish() : undefined;
    if (!done.ok || bytes === undefined) {
      const why = file.fault;
      return done.ok || why !== undefined ? err({ path, why: why ?? '' }) : done;
    }
    const { files = [], ...state } = await this.#load();
    await this.#keep({
      ...state,
      files: files.map((one) => (one.path === path ? { ...one, bytes } : one)),
    });
    return ok({ path, brought: done.value.brought, bytes });
  }

  /** What is remembered of it, in the form of a backup. For words that hold no more it is begun anew. */
  async #of(path: string): Promise<VaultState> {
    const { files = [] } = await this.#load();
    const one = files.find((file) => file.path === path && file.box === this.#publicKey);
    if (one === undefined) return noVault;
    const { path: _path, box: _box, bytes: _bytes, ...rest } = one;
    return { ...rest, wish: 'on' };
  }

  async #keepOf(path: string, state: VaultState): Promise<void> {
    const { wish: _wish, box: _box, isOutdated: _, files: _files, restoring: _r, ...rest } = state;
    const all = await this.#load();
    const bytes = all.files?.find((file) => file.path === path)?.bytes ?? 0;
    await this.#keep(withFiled(all, { ...rest, path, box: this.#publicKey, bytes }));
  }

  get #publicKey(): string {
    return encodeBase64url(this.#box.publicKey);
  }
}
