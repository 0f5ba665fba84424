// Latencies by the hundred million: counts in buckets whose width grows with the value, 64 to each doubling, so a
// quantile is right to 1.6 per cent and adding one costs a few instructions.

const subBits = 6;
const subBuckets = 1 << subBits;

/** Microseconds, up to about 36 minutes. Longer times count as that. */
const largest = 2 ** 31 - 1;

export class Histogram {
  readonly #counts = new Float64Array((32 - subBits + 1) * subBuckets);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(milliseconds: number): void {
    const index = bucketOf(milliseconds * 1000);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#total++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The value in milliseconds below which the share `q` of all values is. NaN if there are none. */
  quantile(q: number): number {
    const rank = Math.max(1, Math.ceil(q * this.#total));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index] as number;
      if (seen >= rank) return middleOf(index) / 1000;
    }
    return Number.NaN;
  }
}

function bucketOf(microseconds: number): number {
  const value = microseconds < largest ? microseconds | 0 : largest;
  if (value < subBuckets) return value < 0 ? 0 : value;
  const shift = 31 - subBits - Math.clz32(value);
  return ((shift + 1) << subBits) + ((value >>> shift) - subBuckets);
}

function middleOf(index: number): number {
  if (index < subBuckets) return index + 0.5;
  const shift = (index >> subBits) - 1;
  const low = ((index & (subBuckets - 1)) + subBuckets) * 2 ** shift;
  return low + 2 ** shift / 2;
}
