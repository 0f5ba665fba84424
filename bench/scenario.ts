// The type of a scenario: a file in scenarios/ whose default export is one of these. Nothing else needs to know it.

import type { Peer } from './peer.ts';
import type { Measured, Parts, Stage } from './stage.ts';

/** How a figure is written. */
export type Unit = 'per second' | 'per CPU second' | 'ms' | 'bytes' | 'share' | 'times';

export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'more' | 'less';
  /** Only in the JSON, not in the table and the plot: for judging the other figures. */
  readonly aside?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Its position among the others. */
  readonly order: number;
  readonly figures: readonly Figure[];
  /** Whether the short form leaves it out, unless it is named. */
  readonly long?: boolean;
  /** Runs only if it is named, and only in the first round: it takes long, and compares nothing. */
  readonly apart?: boolean;
  /** How many connections it opens. */
  connections(short: boolean): number;
  /** The longest time that it may take. */
  limitSeconds(short: boolean): number;
  /** What a server must have for it. If absent, a way to chat. */
  readonly needs?: keyof Parts;
  /** Why it makes no sense with a server, or undefined. */
  unfit?(peer: Peer): string | undefined;
  run(stage: Stage): Promise<Measured>;
}
