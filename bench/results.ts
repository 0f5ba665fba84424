// The results of a bench run: plain data, as written to the JSON file.

import type { Figure } from './scenario.ts';
import type { Measured } from './stage.ts';

export interface Results {
  /** The command that made them. */
  readonly command: string;
  readonly machine: {
    readonly cpus: number;
    readonly memoryGiB: number;
    readonly system: string;
    readonly node: string;
    /** How server and generator were separated. */
    readonly pinning: string;
  };
  readonly short: boolean;
  readonly rounds: number;
  readonly peers: readonly PeerFacts[];
  readonly scenarios: readonly ScenarioFacts[];
  readonly runs: readonly Run[];
}

export interface PeerFacts {
  readonly name: string;
  readonly title: string;
  /** Undefined if it is not installed. */
  readonly version: string | undefined;
  /** The command that installs it. */
  readonly install: string;
}

export interface ScenarioFacts {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** One scenario with one server in one round. */
export interface Run {
  readonly round: number;
  readonly scenario: string;
  readonly peer: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | {
      readonly measured: Measured;
      /** How many CPUs other processes used meanwhile. */
      readonly others: number;
    }
  | { readonly failed: string }
  /** The scenario makes no sense with this server. */
  | { readonly unfit: string };
