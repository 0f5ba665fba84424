// A value or a reason, for ordinary failures (bad input, a refused request). Broken invariants throw instead
// (invariant.ts).

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

export type Result<T, E> = Ok<T> | Err<E>;

/** The successful result that holds `value`. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** The failed result that holds `error`. */
export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}
