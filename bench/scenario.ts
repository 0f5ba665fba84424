// What a scenario is: a file in scenarios/ whose default export is one of these. Nothing else has to know it.

import type { Peer } from './peer.ts';
import type { Measured, Parts, Stage } from './stage.ts';

/** How a figure is written. */
export type Unit = 'per second' | 'per CPU second' | 'ms' | 'bytes' | 'share' | 'times';

export interface Figure {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'more' | 'less';
  /** Left out of the table and the plot, but in the JSON: what one needs to judge the other figures. */
  readonly aside?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Where it stands among the others. */
  readonly order: number;
  readonly figures: readonly Figure[];
  /** Whether the short form leaves it out, unless it is asked for by name. */
  readonly long?: boolean;
  /** Runs only where it is asked for by name, and in the first round only: it takes long, and compares nobody. */
  readonly apart?: boolean;
  /** How many connections it opens. */
  connections(short: boolean): number;
  /** The longest that it may take. */
  limitSeconds(short: boolean): number;
  /** What a server must have for it; a way to chat where this is absent. */
  readonly needs?: keyof Parts;
  /** Why it makes no sense with a server, if it doesn't. */
  unfit?(peer: Peer): string | undefined;
  run(stage: Stage): Promise<Measured>;
}
