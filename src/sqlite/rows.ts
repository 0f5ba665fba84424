// Values of a row: unknown until checked. A row that does not fit the schema means a damaged file.

import { SqliteProblem } from './problem.ts';

export class Row {
  readonly #table: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** `table` is only for the text of the error. */
  constructor(table: string, row: unknown) {
    this.#table = table;
    this.#values = row as Readonly<Record<string, unknown>>;
  }

  integer(column: string): number {
    const value = this.#values[column];
    return Number.isSafeInteger(value) ? (value as number) : this.#fail(column);
  }

  text(column: string): string {
    const value = this.#values[column];
    return typeof value === 'string' ? value : this.#fail(column);
  }

  optionalInteger(column: string): number | undefined {
    return this.#values[column] === null ? undefined : this.integer(column);
  }

  optionalText(column: string): string | undefined {
    return this.#values[column] === null ? undefined : this.text(column);
  }

  bytes(column: string): Uint8Array {
    const value = this.#values[column];
    return value instanceof Uint8Array ? value : this.#fail(column);
  }

  /** The text in `column`, parsed by `parse`. */
  parsed<T>(column: string, parse: (text: string) => T | undefined): T {
    return parse(this.text(column)) ?? this.#fail(column);
  }

  #fail(column: string): never {
    throw new SqliteProblem('damaged', `a row of ${this.#table} has no valid ${column}`);
  }
}
