// How long what was started lives: until a test ends, or the scenario of the bench that uses the same parts.

export interface Scope {
  /** Runs `end` when it is over. */
  after(end: () => unknown): void;
}
