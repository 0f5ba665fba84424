// What a backup has to bring: the blocks that have changed, and those in packs that are mostly of no use any more. Pure.

import type { BackupBlock, BackupContents, Pack } from './vault-state.ts';

/** A part of the history as it is on the device now. */
export interface HistoryPart {
  readonly name: string;
  /** Changes when anything in it does. */
  readonly stamp: string;
  readonly newest: number;
}

/** More packs than this, and the small ones are brought again, together: a server keeps a thousand blobs. */
const manyPacks = 200;
const smallPackBytes = 1024 * 1024;

/** What the backup has of what is at the server: `there`, the sizes by id. */
export function stillThere(
  { blocks, packs }: BackupContents,
  there: ReadonlyMap<string, number>,
): Pick<BackupContents, 'blocks' | 'packs'> {
  const left = packs.filter(({ id, bytes }) => there.get(id) === bytes);
  const ids = new Set(left.map(({ id }) => id));
  return {
    packs: left,
    blocks: blocks.filter(({ pieces }) => pieces.every(([pack]) => ids.has(pack))),
  };
}

/** The parts to bring, in their order, of all that there are. */
export function partsToBring<Part extends HistoryPart>(
  parts: readonly Part[],
  { blocks, packs }: Pick<BackupContents, 'blocks' | 'packs'>,
): readonly Part[] {
  const kept = new Map(blocks.map((block) => [block.name, block]));
  const isFresh = (part: Part) => kept.get(part.name)?.stamp === part.stamp;
  const used = new Map<string, number>();
  for (const part of parts.filter(isFresh)) {
    for (const [pack, , bytes] of kept.get(part.name)?.pieces ?? []) {
      used.set(pack, (used.get(pack) ?? 0) + bytes);
    }
  }
  const isWorn = ({ id, bytes }: Pack) =>
    (used.get(id) ?? 0) * 2 < bytes || (packs.length > manyPacks && bytes < smallPackBytes);
  const worn = new Set(packs.filter(isWorn).map(({ id }) => id));
  return parts.filter(
    (part) =>
      !isFresh(part) || (kept.get(part.name)?.pieces ?? []).some(([pack]) => worn.has(pack)),
  );
}

/** The blocks in the order of the parts; those that the history has no more are gone. */
export function inOrder(
  parts: readonly HistoryPart[],
  blocks: readonly BackupBlock[],
): readonly BackupBlock[] {
  const byName = new Map(blocks.map((block) => [block.name, block]));
  return parts.flatMap(({ name }) => byName.get(name) ?? []);
}

/** The packs that a block is in. */
export function usedPacks(blocks: readonly BackupBlock[], packs: readonly Pack[]): readonly Pack[] {
  const used = new Set(blocks.flatMap(({ pieces }) => pieces.map(([pack]) => pack)));
  return packs.filter(({ id }) => used.has(id));
}
