// Fetches the history out of the backups of an account, after `helo recover`: the words have left the secret of their box.
// The backups are at the server, and in the file that `helo recover --from` was given.
// The newest first; what is here is remembered, so that a program that was killed goes on behind it. A head counts if a
// device of the account's chain has signed it, also one that was revoked since. The secret is forgotten at the
// end; what could not be opened is tried again before.

import { openBoxed } from '../../e2ee/vault/vault-box.ts';
import { decodeBase64url } from '../../lib/base64url.ts';
import { decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import { decodeJson } from '../../wire/extended/json-line.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { decodeHead, readBackupId, type BackupHead, type HeadCiphers } from './backup-head.ts';
import type { BackupPorts, Sealer } from './backup-ports.ts';
import { headName, pieceName } from './backup-run.ts';
import { contents, type BackupContents, type Pack, type VaultState } from './vault-state.ts';

/** A backup that could be opened. */
interface OpenBackup {
  /** Where it is. */
  readonly blobs: Blobs;
  readonly at: number;
  /** Whether its device is one of the account still: of another one no word about keys or read positions is taken. */
  readonly isValid: boolean;
  readonly sealer: Sealer;
  readonly contents: BackupContents;
}

/** What could not be opened is fetched so often: without the secret nothing brings it back. */
const mostTries = 3;

export class RestoreRun {
  readonly #ports: BackupPorts;
  readonly #load: () => Promise<VaultState>;
  readonly #keep: (state: VaultState) => Promise<void>;
  #damaged = 0;
  #moved = 0;

  constructor(
    ports: BackupPorts,
    load: () => Promise<VaultState>,
    keep: (state: VaultState) => Promise<void>,
  ) {
    this.#ports = ports;
    this.#load = load;
    this.#keep = keep;
  }

  /** Ends early where the connection does: the next login goes on. */
  async run(): Promise<void> {
    const given = await this.#ports.files?.given();
    try {
      const sources = [given?.blobs, this.#ports.blobs()].filter((blobs) => blobs !== undefined);
      if (!(await this.#runFrom(sources))) return;
    } finally {
      await given?.close();
    }
    await this.#ports.files?.forgetGiven();
  }

  /** Returns whether all of it is here. */
  async #runFrom(sources: readonly Blobs[]): Promise<boolean> {
    const { news } = this.#ports;
    const { restoring } = await this.#load();
    if (sources.length === 0 || restoring === undefined) return false;
    const backups = await this.#backups(sources, decodeBase64url(restoring.secret));
    if (backups === undefined) return false;
    const all = sizeOf(backups.flatMap(({ contents: { packs } }) => packs));
    await this.#takeOwn(backups);
    for (const backup of backups) {
      if (!(await this.#takeAll(backup, all))) return false;
    }
    // What it says of a conversation that has come with the history finds that only now.
    await this.#takeOwn(backups);
    const tries = restoring.tries + 1;
    const isTriedAgain = this.#damaged > 0 && tries < mostTries;
    const { restoring: now, ...state } = await this.#load();
    await this.#keep(isTriedAgain && now ? { ...state, restoring: { ...now, tries } } : state);
    const isNews = tries === 1 || !isTriedAgain;
    if (backups.length === 0) news({ kind: 'nothing-to-restore' });
    else if (isNews) news({ kind: 'restored', damaged: this.#damaged, isTriedAgain });
    return !isTriedAgain;
  }

  /**
   * All backups that the words open, the latest first; those of revoked devices behind all others, whatever time they
   * claim: of two that contradict each other the first holds. Undefined where the server does not give them now.
   */
  async #backups(
    sources: readonly Blobs[],
    secret: Uint8Array | undefined,
  ): Promise<readonly OpenBackup[] | undefined> {
    const found: OpenBackup[] = [];
    for (const blobs of sources) {
      const heads = await headsIn(this.#ports, blobs);
      if (heads === undefined) return undefined;
      for (const head of heads) {
        const opened = secret && (await this.#open(head, secret));
        if (opened !== undefined) found.push({ ...opened, blobs });
      }
    }
    return found.sort(
      (one, other) => Number(other.isValid) - Number(one.isValid) || other.at - one.at,
    );
  }

  async #open(
    head: BackupHead,
    secret: Uint8Array,
  ): Promise<Omit<OpenBackup, 'blobs'> | undefined> {
    const { me, suite, chain: own, sealer: sealerOf } = this.#ports;
    const { chain } = await own();
    const has = (devices: readonly { readonly key: Uint8Array }[]) =>
      devices.some(({ key }) => equalBytes(key, head.device));
    const isValid = has(chain.devices);
    const isOwn = isValid || has(chain.revoked);
    if (!isOwn || head.account !== me) return undefined;
    const key = await openBoxed(suite, secret, head.key, encodeUtf8(me));
    const sealer = key && sealerOf(key);
    const content = await sealer?.open(headName(head.number), head.contents);
    const listed = content && decodeJson(contents, decodeUtf8(content) ?? '');
    return sealer && listed && { at: head.at, isValid, sealer, contents: listed };
  }

  async #takeOwn(backups: readonly OpenBackup[]): Promise<void> {
    for (const { isValid, contents: given } of backups) {
      if (isValid && given.own !== undefined) await this.#ports.own.take(given.own);
    }
  }

  /** Returns whether the server has given all of it. */
  async #takeAll(
    { blobs, isValid, sealer, contents: { blocks, packs } }: OpenBackup,
    all: number,
  ): Promise<boolean> {
    // By blocks, the newest first: a pack has those that were brought together.
    const order = [...new Set(blocks.flatMap(({ pieces }) => pieces.map(([pack]) => pack)))];
    const byId = new Map(packs.map((pack) => [pack.id, pack]));
    for (const pack of order.flatMap((id) => byId.get(id) ?? [])) {
      const { restoring } = await this.#load();
      if (restoring?.done.includes(pack.id) === true) continue;
      const got = await blobs.get(pack.id, pack.bytes);
      if (!got.ok && got.error.kind !== 'refused') return false;
      const pieces = blocks.flatMap((block) => block.pieces.filter(([id]) => id === pack.id));
      const before = this.#damaged;
      if (!got.ok) this.#damaged += pieces.length;
      else {
        for (const [, at, bytes] of pieces) {
          const piece = await sealer.open(pieceName(pack.id, at), got.value.slice(at, at + bytes));
          await this.#take(piece, isValid);
        }
      }
      await this.#finish(pack, all, this.#damaged === before);
    }
    return true;
  }

  async #take(piece: Uint8Array | undefined, isValid: boolean): Promise<void> {
    const from = isValid ? 'own device' : 'revoked device';
    const taken = piece && (await this.#ports.history.take(piece, from));
    if (taken !== 'taken') this.#damaged++;
  }

  async #finish({ id, bytes }: Pack, all: number, isWhole: boolean): Promise<void> {
    const state = await this.#load();
    const { restoring } = state;
    if (restoring === undefined) return;
    const done = [...restoring.done, id];
    if (isWhole) await this.#keep({ ...state, restoring: { ...restoring, done } });
    this.#moved += bytes;
    this.#ports.news({ kind: 'restoring', done: this.#moved, all });
  }
}

/** All heads that there are. Undefined where they are not given now. */
async function headsIn(
  ciphers: HeadCiphers,
  blobs: Blobs,
): Promise<readonly BackupHead[] | undefined> {
  const listed = await blobs.list('backup');
  if (!listed.ok) return undefined;
  const heads: BackupHead[] = [];
  for (const { id, bytes } of listed.value.blobs) {
    if (readBackupId(id)?.kind !== 'head') continue;
    const got = await blobs.get(id, bytes);
    if (!got.ok && got.error.kind !== 'refused') return undefined;
    const head = got.ok ? await decodeHead(ciphers, got.value) : undefined;
    if (head !== undefined) heads.push(head);
  }
  return heads;
}

/** Whether the words of that secret open any backup of `account` there, for all that can be known without its chain. */
export async function isOpenedBy(
  ciphers: HeadCiphers,
  blobs: Blobs,
  secret: Uint8Array,
  account: string,
): Promise<boolean> {
  for (const head of (await headsIn(ciphers, blobs)) ?? []) {
    const key = await openBoxed(ciphers.suite, secret, head.key, encodeUtf8(account));
    if (head.account === account && key !== undefined) return true;
  }
  return false;
}

function sizeOf(packs: readonly Pack[]): number {
  return packs.reduce((sum, { bytes }) => sum + bytes, 0);
}
