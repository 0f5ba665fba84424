// The backup of an account on one device: when it is made, what the person has said about it, and what is remembered.
// backup-run.ts brings it to the server, restore-run.ts fetches it. Everything is done one after the other: two at once
// would write over each other's state.
//
// Each device has a backup of its own, under a key of its own: a stolen device opens no other's, and needs none.

import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { isBoxOf, makeBox, type VaultBox } from '../../e2ee/vault/vault-box.ts';
import { vaultSecret } from '../../e2ee/recovery/recovery-words.ts';
import type { Device } from '../../e2ee/device.ts';
import { decodeHead, readBackupId, tagOf } from './backup-head.ts';
import type {
  BackupDone,
  BackupPorts,
  BackupProblem,
  BackupStatus,
  FileBackupDone,
  FileBackupFailure,
} from './backup-ports.ts';
import { FileBackupRun } from './file-backup-run.ts';
import { BackupRun } from './backup-run.ts';
import { RestoreRun } from './restore-run.ts';
import { noVault, readVaultState, type VaultState } from './vault-state.ts';

/** After a login this long, and then this often. */
const firstMs = 60_000;
const everyMs = 6 * 3_600_000;
/** After one that failed. */
const againMs = 10 * 60_000;

export class Vault {
  readonly #ports: BackupPorts;
  #last: Promise<unknown> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #state: VaultState | undefined;
  #hasReminded = false;
  #isClosed = false;
  #isIn = false;

  constructor(ports: BackupPorts) {
    this.#ports = ports;
  }

  /** Logged in: what was begun goes on, and what is due is done after a while. */
  login(): void {
    this.#isIn = true;
    this.#behind(async () => {
      const { restoring } = await this.#load();
      if (restoring !== undefined) return this.#restore();
      // A program that was killed may have left it.
      await this.#ports.files?.forgetGiven();
      await this.#remind();
    });
    this.#plan(firstMs);
  }

  logout(): void {
    this.#isIn = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** New recovery words of this account: their box is remembered, and left for the other devices. */
  async opened(words: string, recovery: Device): Promise<void> {
    const { suite, ciphers } = this.#ports;
    const box = await makeBox(suite, await vaultSecret(ciphers, words), recovery);
    await this.#alone(() => this.#adopt(box));
    // The others find it in the head. Without a server for it they have none, until this device leaves one.
    this.#behind(async () => {
      const { wish } = await this.#load();
      await this.#run(box, wish === 'on');
    });
  }

  /** The person wants a backup: the first is made now. */
  turnOn(): Promise<Result<BackupDone, BackupProblem>> {
    const made = this.#alone(async () => {
      const box = await this.#box();
      if (!box.ok) return box;
      await this.#keep({ ...(await this.#load()), wish: 'on' });
      return this.#run(box.value, true);
    });
    return made.catch(() => err('disk'));
  }

  /** Makes a backup in a file, or adds to it what is new. The server is not needed where this device has the box. */
  toFile(path: string): Promise<Result<FileBackupDone, FileBackupFailure>> {
    const made = this.#alone(async (): Promise<Result<FileBackupDone, FileBackupFailure>> => {
      const box = await this.#box();
      if (!box.ok) return box;
      await this.#adopt(box.value);
      const keep = (state: VaultState) => this.#keep(state);
      return new FileBackupRun(this.#ports, box.value, () => this.#load(), keep).run(path);
    });
    return made.catch(() => err('disk'));
  }

  /** The person wants none: what is at the server goes. Returns whether it has gone. */
  turnOff(): Promise<boolean> {
    return this.#alone(async () => {
      const { blobs, device, sha256 } = this.#ports;
      const { box, restoring, files } = await this.#load();
      const rest = {
        ...(box && { box }),
        ...(restoring && { restoring }),
        ...(files && { files }),
      };
      await this.#keep({ ...noVault, ...rest, wish: 'off' });
      const server = blobs();
      const listed = await server?.list('backup');
      if (server === undefined || listed?.ok !== true) return false;
      const tag = await tagOf(device.publicKey, sha256);
      const own = listed.value.blobs.filter(({ id }) => readBackupId(id)?.tag === tag);
      const gone = await Promise.all(own.map(({ id }) => server.drop(id)));
      return gone.every(Boolean);
    });
  }

  async status(): Promise<BackupStatus> {
    const { wish, at, packs, head, restoring, files = [], box } = await this.#load();
    const bytes = [...packs, ...(head ? [head] : [])].reduce((sum, pack) => sum + pack.bytes, 0);
    return {
      wish,
      at,
      bytes,
      isRestoring: restoring !== undefined,
      files: files.map((file) => ({
        path: file.path,
        at: file.at,
        bytes: file.bytes,
        isOutdated: file.box !== box?.publicKey,
      })),
    };
  }

  /** The program ends. Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.logout();
    await this.#last;
  }

  /** Resolves when nothing of it is under way. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act);
    this.#last = done.catch(() => {});
    return done;
  }

  /** The same of what nobody waits for. */
  #behind(act: () => Promise<void>): void {
    this.#alone(act).catch(() => {
      if (!this.#isClosed) this.#ports.news({ kind: 'failed', why: 'disk' });
    });
  }

  /** Makes a backup in a while, as long as this connection holds. */
  #plan(ms: number): void {
    this.#cancel?.();
    if (!this.#isIn) return;
    this.#cancel = this.#ports.timers.after(ms, () => {
      this.#behind(async () => {
        const { wish, restoring } = await this.#load();
        if (restoring !== undefined) {
          await this.#restore();
          this.#plan(everyMs);
        } else if (wish === 'on') await this.#make();
        else this.#plan(everyMs);
      });
    });
  }

  async #make(): Promise<void> {
    const box = await this.#box();
    const done = box.ok ? await this.#run(box.value, true) : box;
    const isLate = !done.ok && (done.error === 'later' || done.error === 'no-server');
    if (!done.ok && !isLate) this.#ports.news({ kind: 'failed', why: done.error });
    this.#plan(isLate ? againMs : everyMs);
  }

  async #run(box: VaultBox, withHistory: boolean): Promise<Result<BackupDone, BackupProblem>> {
    await this.#adopt(box);
    const keep = (state: VaultState) => this.#keep(state);
    return new BackupRun(this.#ports, box, withHistory, () => this.#load(), keep).run();
  }

  /**
   * Remembers the box. One of other words has another key to go with it: whoever had the words before may have the key.
   * So all is brought again.
   */
  async #adopt(box: VaultBox): Promise<void> {
    const state = await this.#load();
    const { publicKey } = textOf(box);
    if (state.box?.publicKey === publicKey) return;
    const { wish, number, restoring, files } = state;
    const kept = { ...(restoring && { restoring }), ...(files && { files }) };
    const anew = { ...noVault, wish, number, isOutdated: true, ...kept };
    await this.#keep({ ...(state.box === undefined ? state : anew), box: textOf(box) });
  }

  async #restore(): Promise<void> {
    const keep = (state: VaultState) => this.#keep(state);
    await new RestoreRun(this.#ports, () => this.#load(), keep).run();
  }

  async #remind(): Promise<void> {
    const { wish } = await this.#load();
    if (wish !== 'unasked' || this.#hasReminded || this.#ports.blobs() === undefined) return;
    const { chain } = await this.#ports.chain();
    if (chain.steps.at(-1)?.recovery === undefined) return;
    this.#hasReminded = true;
    this.#ports.news({ kind: 'remember' });
  }

  /** The box of the words that hold now: remembered, or found in a head at the server. */
  async #box(): Promise<Result<VaultBox, BackupProblem>> {
    const { suite, chain: own } = this.#ports;
    const { chain } = await own();
    const recovery = chain.steps.at(-1)?.recovery;
    if (recovery === undefined) return err('no-words');
    const { box: kept } = await this.#load();
    const known = kept && boxOf(kept);
    if (known !== undefined && (await isBoxOf(suite, recovery, known))) return ok(known);
    const blobs = this.#ports.blobs();
    const listed = await blobs?.list('backup');
    if (blobs === undefined || listed === undefined) return err('no-server');
    if (!listed.ok) return err('later');
    for (const { id, bytes } of listed.value.blobs) {
      if (readBackupId(id)?.kind !== 'head') continue;
      const got = await blobs.get(id, bytes);
      const head = got.ok ? await decodeHead(this.#ports, got.value) : undefined;
      if (head !== undefined && (await isBoxOf(suite, recovery, head.box))) return ok(head.box);
    }
    return err('no-box');
  }

  async #load(): Promise<VaultState> {
    if (this.#state !== undefined) return this.#state;
    const { file, news } = this.#ports;
    const read = readVaultState(await file.load());
    // With a copy of it, somebody may still find what it said: a key, or the secret of a box. Nothing goes on without one.
    if (read === undefined) news({ kind: 'damaged', copy: await file.setAside() });
    this.#state = read ?? noVault;
    return this.#state;
  }

  async #keep(state: VaultState): Promise<void> {
    this.#state = state;
    await this.#ports.file.keep(JSON.stringify(state));
  }
}

function textOf({ publicKey, signature }: VaultBox): NonNullable<VaultState['box']> {
  return { publicKey: encodeBase64url(publicKey), signature: encodeBase64url(signature) };
}

function boxOf({ publicKey, signature }: NonNullable<VaultState['box']>): VaultBox {
  const part = (text: string) => decodeBase64url(text) ?? new Uint8Array();
  return { publicKey: part(publicKey), signature: part(signature) };
}
