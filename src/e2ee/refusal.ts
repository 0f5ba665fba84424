// Why something from outside was refused, as a value: a code for the program and a sentence for people. Never holds
// keys, plaintext or the refused bytes.
import { err, type Err } from '../lib/result.ts';

export interface Refusal<Code extends string> {
  readonly code: Code;
  readonly reason: string;
}

/** The failed result that holds a refusal. */
export function refuse<Code extends string>(code: Code, reason: string): Err<Refusal<Code>> {
  return err({ code, reason });
}
