// One run of a backup: what has changed is sealed and brought, then a head that names all there is, then what is of no use
// goes. Each pack is remembered when the server has it: a run that breaks off goes on where it was. Until the new head is
// there the old one holds, with everything that it names.

import { sealToBox, type VaultBox } from '../../e2ee/vault/vault-box.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { concatBytes, encodeUtf8, formatHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { maxBlobBytes } from '../../wire/kept-files.ts';
import type { BlobFailure, Blobs, BlobEntry } from '../blobs/blobs.ts';
import { drawBackupId, encodeHead, readBackupId, tagOf } from './backup-head.ts';
import { inOrder, partsToBring, stillThere, usedPacks, type HistoryPart } from './backup-plan.ts';
import type { BackupDone, BackupPorts, BackupProblem } from './backup-ports.ts';
import type { BackupBlock, VaultState } from './vault-state.ts';

const keyBytes = 32;
/** Of what the devices have in common, as JSON. More than this is in no backup: a head has to fit into a blob. */
const maxOwnStateBytes = 1024 * 1024;

type Piece = BackupBlock['pieces'][number];

/** A pack that is being filled. */
interface OpenPack {
  readonly id: string;
  readonly pieces: Uint8Array[];
  bytes: number;
  /** Blocks whose last piece is in it. */
  readonly blocks: BackupBlock[];
}

export class BackupRun {
  readonly #ports: BackupPorts;
  readonly #box: VaultBox;
  readonly #withHistory: boolean;
  readonly #load: () => Promise<VaultState>;
  readonly #keep: (state: VaultState) => Promise<void>;
  #tag = '';
  #brought = 0;

  constructor(
    ports: BackupPorts,
    box: VaultBox,
    withHistory: boolean,
    load: () => Promise<VaultState>,
    keep: (state: VaultState) => Promise<void>,
  ) {
    this.#ports = ports;
    this.#box = box;
    this.#withHistory = withHistory;
    this.#load = load;
    this.#keep = keep;
  }

  async run(): Promise<Result<BackupDone, BackupProblem>> {
    const { blobs: server, device, sha256, random, history } = this.#ports;
    const blobs = server();
    if (blobs === undefined) return err('no-server');
    this.#tag = await tagOf(device.publicKey, sha256);
    const listed = await blobs.list('backup');
    if (!listed.ok) return err(problemOf(listed.error));
    const there = new Map(listed.value.blobs.map(({ id, bytes }) => [id, bytes]));
    const before = await this.#load();
    const key = before.key ?? encodeBase64url(random(keyBytes));
    const { isOutdated, ...rest } = before;
    // It opens nothing for anybody, and takes the room of the new one.
    if (isOutdated === true) await this.#dropOwn(blobs, listed.value.blobs);
    const found = this.#ownIn(listed.value.blobs);
    const owned = found.filter((id) => before.owned?.includes(id) ?? true);
    await this.#keep({ ...rest, ...stillThere(before, there), key, owned });
    const parts = this.#withHistory ? await history.blocks() : [];
    const problem = await this.#bring(blobs, parts);
    if (problem !== undefined) return err(problem);
    const headed = await this.#putHead(blobs, parts, there);
    if (headed !== undefined) return err(headed);
    await this.#tidy(blobs, listed.value.blobs);
    const { packs, head } = await this.#load();
    const bytes = packs.reduce((sum, pack) => sum + pack.bytes, head?.bytes ?? 0);
    return ok({ brought: this.#brought, bytes });
  }

  async #dropOwn(blobs: Blobs, listed: readonly BlobEntry[]): Promise<void> {
    await Promise.all(this.#ownIn(listed).map((id) => blobs.drop(id)));
  }

  #ownIn(listed: readonly BlobEntry[]): string[] {
    return listed.map(({ id }) => id).filter((id) => readBackupId(id)?.tag === this.#tag);
  }

  /** Brings a blob, which is this device's from before on: also where the program is killed meanwhile. */
  async #putOwn(blobs: Blobs, id: string, bytes: Uint8Array): Promise<BackupProblem | undefined> {
    const state = await this.#load();
    await this.#keep({ ...state, owned: [...(state.owned ?? []), id] });
    const put = await blobs.put('backup', id, bytes);
    if (!put.ok) return problemOf(put.error);
    this.#brought += bytes.length;
    return undefined;
  }

  async #sealer() {
    const { key = '' } = await this.#load();
    return this.#ports.sealer(decodeBase64url(key) ?? new Uint8Array(keyBytes));
  }

  /** Brings the parts that are due, packed. */
  async #bring(blobs: Blobs, parts: readonly HistoryPart[]): Promise<BackupProblem | undefined> {
    const sealer = await this.#sealer();
    let pack = this.#openPack();
    for (const part of partsToBring(parts, await this.#load())) {
      const pieces: Piece[] = [];
      for (const piece of await this.#ports.history.pieces(part)) {
        let sealed = await sealer.seal(pieceName(pack.id, pack.bytes), piece);
        if (pack.bytes > 0 && pack.bytes + sealed.length > maxBlobBytes) {
          const problem = await this.#put(blobs, pack);
          if (problem !== undefined) return problem;
          pack = this.#openPack();
          sealed = await sealer.seal(pieceName(pack.id, 0), piece);
        }
        pieces.push([pack.id, pack.bytes, sealed.length]);
        pack.pieces.push(sealed);
        pack.bytes += sealed.length;
      }
      const { name, stamp, newest } = part;
      pack.blocks.push({ name, stamp, newest, pieces });
    }
    return this.#put(blobs, pack);
  }

  #openPack(): OpenPack {
    const id = drawBackupId('pack', this.#tag, this.#ports.random);
    return { id, pieces: [], bytes: 0, blocks: [] };
  }

  async #put(blobs: Blobs, pack: OpenPack): Promise<BackupProblem | undefined> {
    const { id, pieces, bytes, blocks } = pack;
    if (bytes > 0) {
      const problem = await this.#putOwn(blobs, id, concatBytes(...pieces));
      if (problem !== undefined) return problem;
    }
    const state = await this.#load();
    const names = new Set(blocks.map(({ name }) => name));
    await this.#keep({
      ...state,
      blocks: [...state.blocks.filter(({ name }) => !names.has(name)), ...blocks],
      packs: bytes > 0 ? [...state.packs, { id, bytes }] : state.packs,
    });
    return undefined;
  }

  /** A head of what there is now, if the one that is there is another one. */
  async #putHead(
    blobs: Blobs,
    parts: readonly HistoryPart[],
    there: ReadonlyMap<string, number>,
  ): Promise<BackupProblem | undefined> {
    const { device, now, me, suite, random, sha256 } = this.#ports;
    const state = await this.#load();
    const blocks = this.#withHistory ? [...inOrder(parts, state.blocks)] : state.blocks;
    const packs = [...usedPacks(blocks, state.packs)];
    const number = state.number + 1;
    const own = this.#withHistory ? await this.#ownState() : undefined;
    const said = formatHex(
      await sha256(concatBytes(this.#box.publicKey, encodeUtf8(JSON.stringify(own ?? null)))),
    );
    const isThere = state.head !== undefined && there.has(state.head.id);
    if (isThere && state.said === said && this.#brought === 0) {
      // Nothing is new, and a head of these words is there.
      await this.#keep({ ...state, at: now() });
      return undefined;
    }
    const content = encodeUtf8(JSON.stringify({ blocks, packs, own }));
    const contents = await (await this.#sealer()).seal(headName(number), content);
    const key = await sealToBox(
      suite,
      this.#box,
      decodeBase64url(state.key ?? '') ?? new Uint8Array(keyBytes),
      encodeUtf8(me),
    );
    const at = now();
    const head = { account: me, number, at, box: this.#box, key, contents };
    const bytes = await encodeHead(this.#ports, device, head);
    const id = drawBackupId('head', this.#tag, random);
    const problem = await this.#putOwn(blobs, id, bytes);
    if (problem !== undefined) return problem;
    const { owned } = await this.#load();
    const head2 = { id, bytes: bytes.length };
    await this.#keep({
      ...state,
      blocks,
      packs,
      number,
      head: head2,
      said,
      owned,
      ...(this.#withHistory && { at }),
    });
    return undefined;
  }

  async #ownState(): Promise<unknown> {
    const own = await this.#ports.own.export();
    const isSmall = encodeUtf8(JSON.stringify(own ?? null)).length <= maxOwnStateBytes;
    return isSmall ? own : undefined;
  }

  /**
   * What no head names any more goes: of what this device has brought, and of devices that were revoked. One that this
   * device does not know may be new: a server that does not answer leaves it with an older chain.
   */
  async #tidy(blobs: Blobs, listed: readonly BlobEntry[]): Promise<void> {
    const { sha256, chain: ownChain } = this.#ports;
    const { packs, head, restoring, owned = [] } = await this.#load();
    const used = new Set([...packs.map(({ id }) => id), head?.id]);
    const own = new Set(owned);
    const { chain } = await ownChain();
    const revoked = new Set<string>();
    for (const { key } of chain.revoked) revoked.add(await tagOf(key, sha256));
    const isDue = (id: string) => {
      const found = readBackupId(id);
      if (found?.tag === this.#tag) return !used.has(id) && own.has(id);
      // Of what others have left, this device may still want to restore.
      const isTaken = restoring === undefined && this.#withHistory;
      return isTaken && found !== undefined && revoked.has(found.tag);
    };
    const due = listed.map(({ id }) => id).filter(isDue);
    const gone = new Set<string>();
    await Promise.all(
      due.map(async (id) => {
        if (await blobs.drop(id)) gone.add(id);
      }),
    );
    // What was never brought is in no list.
    const there = new Set(listed.map(({ id }) => id));
    const left = owned.filter((id) => !gone.has(id) && (used.has(id) || there.has(id)));
    await this.#keep({ ...(await this.#load()), owned: left });
  }
}

/** Under which name a piece is sealed: where it is. */
export function pieceName(pack: string, at: number): string {
  return `backup ${pack} ${at}`;
}

export function headName(number: number): string {
  return `backup head ${number}`;
}

export function problemOf(failure: BlobFailure): BackupProblem {
  if (failure.kind !== 'refused') return 'later';
  const noRoom = ['file-quota', 'too-many-files', 'files-full', 'no-room'];
  return noRoom.includes(failure.code) ? 'no-room' : 'refused';
}
