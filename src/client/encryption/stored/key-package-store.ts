// Own key packages with their private parts: single-use ones, and the last resort with its predecessor. Returns its
// changes, to be stored. It must not know who uses them.
import type { ClientChange, PackageRecord } from '../../store/store-port.ts';
import { agoMs } from '../../connection/steady-time.ts';
import { keptPackageOf, packageRecordOf, type KeptPackage } from './kept-package.ts';
import {
  lastResortMs,
  lastResortWorn,
  maxLastResortUses,
  maxPackages,
  packageLifeMs,
} from './limits.ts';

export class KeyPackageStore {
  readonly #kept = new Map<string, KeptPackage>();
  readonly #damaged: string[] = [];

  constructor(records: readonly PackageRecord[]) {
    for (const record of records) {
      const kept = keptPackageOf(record);
      if (kept === undefined) this.#damaged.push(record.reference);
      else this.#kept.set(kept.reference, kept);
    }
  }

  get(reference: string): KeptPackage | undefined {
    return this.#kept.get(reference);
  }

  /** The newest one that serves once. */
  get newest(): KeptPackage | undefined {
    return this.#all(false).at(-1);
  }

  /** The newest last resort. */
  get lastResort(): KeptPackage | undefined {
    return this.#all(true).at(-1);
  }

  /** Whether the server should have another last resort. */
  needsLastResort(nowMs: number): boolean {
    const last = this.lastResort;
    return last === undefined || !last.stocked || isWorn(last, nowMs);
  }

  /** A last resort that the server may not have: it must be left there before another one is made. */
  unstocked(nowMs: number): KeptPackage | undefined {
    const last = this.lastResort;
    return last === undefined || last.stocked || isWorn(last, nowMs) ? undefined : last;
  }

  put(kept: KeptPackage): ClientChange[] {
    this.#kept.set(kept.reference, kept);
    const [oldest, ...rest] = this.#all(kept.lastResort);
    const most = kept.lastResort ? 2 : maxPackages;
    const removed = oldest !== undefined && rest.length >= most ? [this.#remove(oldest)] : [];
    return [{ type: 'package', package: packageRecordOf(kept) }, ...removed];
  }

  /** The server has the last resort. */
  stocked(): ClientChange[] {
    const last = this.lastResort;
    return last === undefined || last.stocked ? [] : this.put({ ...last, stocked: true });
  }

  /** The server may have another last resort than the newest here: this one must be left there again. */
  unstock(): ClientChange[] {
    const last = this.lastResort;
    return last === undefined || !last.stocked ? [] : this.put({ ...last, stocked: false });
  }

  /** Whether the session `groupId` was joined with `kept` before, or no more can be. */
  isUsedUp(kept: KeptPackage, groupId: string): 'entered' | 'worn-out' | undefined {
    if (kept.entered.includes(groupId)) return 'entered';
    return kept.entered.length >= maxLastResortUses ? 'worn-out' : undefined;
  }

  /** `kept` was used for `groupId`: it is forgotten, or this is recorded in the last resort. */
  used(kept: KeptPackage, groupId: string): ClientChange[] {
    return kept.lastResort
      ? this.put({ ...kept, entered: [...kept.entered, groupId] })
      : [this.#remove(kept)];
  }

  /** Forgets keys that nobody can use any more. Everything that waited at the server was read before. */
  tidy(nowMs: number): ClientChange[] {
    const old = this.#all(false).filter(({ madeAt }) => madeAt <= nowMs - packageLifeMs);
    const resorts = this.#all(true);
    const newest = resorts.at(-1);
    const hasSettled =
      newest !== undefined && newest.stocked && newest.madeAt <= nowMs - lastResortMs;
    if (hasSettled) old.push(...resorts.slice(0, -1));
    const damaged = this.#damaged.splice(0);
    return [
      ...old.map((kept) => this.#remove(kept)),
      ...damaged.map((reference) => ({ type: 'package-removed' as const, reference })),
    ];
  }

  #remove({ reference }: KeptPackage): ClientChange {
    this.#kept.delete(reference);
    return { type: 'package-removed', reference };
  }

  /** Oldest first. */
  #all(lastResort: boolean): KeptPackage[] {
    return [...this.#kept.values()]
      .filter((kept) => kept.lastResort === lastResort)
      .sort((a, b) => a.madeAt - b.madeAt);
  }
}

/** One that was made while the clock was ahead cannot be used by anybody until then. */
function isWorn({ madeAt, entered }: KeptPackage, nowMs: number): boolean {
  return agoMs(madeAt, nowMs) >= lastResortMs || entered.length >= lastResortWorn;
}
