// The pending requests of one login: each gets a label, and the reply with that label. Refusals, and requests
// unanswered when the connection ends, are values. Knows nothing of what is requested.

import { err, ok, type Err, type Result } from '../lib/result.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../wire/extended/events.ts';
import type { FailureCode } from '../wire/extended/failures.ts';
import { formatRequest, type RequestInput } from '../wire/extended/requests.ts';

/** The answer to each request that has one. */
interface Answers {
  SEND: ExtendedEventOf<'SENT'>;
  HISTORY: ExtendedEventOf<'HISTORY_END'>;
  STOCK: ExtendedEventOf<'STOCKED'>;
  TAKE_KEY: ExtendedEventOf<'KEY'>;
  PEOPLE: ExtendedEventOf<'PEOPLE'>;
  MEMBERS: ExtendedEventOf<'MEMBERS'>;
  BLOCK: ExtendedEventOf<'BLOCKED'>;
  CREATE: ExtendedEventOf<'INVITED'>;
  INVITE: ExtendedEventOf<'INVITED'>;
  HAND_OVER: ExtendedEventOf<'GROUP_CHANGED'>;
  END_GROUP: ExtendedEventOf<'GROUP_CHANGED'>;
  RULES: ExtendedEventOf<'RULES'>;
  GROUPS: ExtendedEventOf<'GROUPS'>;
  CHAIN: ExtendedEventOf<'CHAINED'>;
  ACCOUNT: ExtendedEventOf<'ACCOUNT'>;
  COMMIT: ExtendedEventOf<'SENT'>;
  TREE: ExtendedEventOf<'STORED'>;
  GROUP: ExtendedEventOf<'GROUP'>;
  COMMITS: ExtendedEventOf<'HISTORY_END'>;
  UPLOAD: ExtendedEventOf<'UPLOAD'>;
  FETCH: ExtendedEventOf<'FETCH'>;
  TAKEN: ExtendedEventOf<'TAKEN'>;
  DROP: ExtendedEventOf<'DROPPED'>;
  ERASE: ExtendedEventOf<'ERASED'>;
  BLOBS: ExtendedEventOf<'BLOBS'>;
  DEVICES: ExtendedEventOf<'DEVICES'>;
  DIRECTORY: ExtendedEventOf<'DIRECTORY'>;
  MEET: ExtendedEventOf<'MEET'>;
}

export type AskedVerb = keyof Answers;

/**
 * Why a request was not carried out, as the server says; or `gone`: the connection ended, and the result is unknown.
 */
export type RequestFailure =
  | {
      readonly code: FailureCode;
      readonly text: string;
      readonly expected: number | undefined;
      readonly retryMs: number | undefined;
      /** For a SEND: another message has its id. */
      readonly taken?: boolean | undefined;
      /** Of `stale`: the group's last commit. */
      readonly last?: number | undefined;
      /** Of `cannot-seal`: because of whom. */
      readonly people?: readonly string[] | undefined;
      /** Of `file-quota`: how many bytes are left. */
      readonly room?: number | undefined;
    }
  | { readonly code: 'gone' };

export type RequestAnswer<V extends AskedVerb> = Result<Answers[V], RequestFailure>;

type Waiting = (answer: Result<ExtendedEvent, RequestFailure>) => void;

const answerOf = {
  SEND: 'SENT',
  HISTORY: 'HISTORY_END',
  STOCK: 'STOCKED',
  TAKE_KEY: 'KEY',
  PEOPLE: 'PEOPLE',
  MEMBERS: 'MEMBERS',
  BLOCK: 'BLOCKED',
  CREATE: 'INVITED',
  INVITE: 'INVITED',
  HAND_OVER: 'GROUP_CHANGED',
  END_GROUP: 'GROUP_CHANGED',
  RULES: 'RULES',
  GROUPS: 'GROUPS',
  CHAIN: 'CHAINED',
  ACCOUNT: 'ACCOUNT',
  COMMIT: 'SENT',
  TREE: 'STORED',
  GROUP: 'GROUP',
  COMMITS: 'HISTORY_END',
  UPLOAD: 'UPLOAD',
  FETCH: 'FETCH',
  TAKEN: 'TAKEN',
  DROP: 'DROPPED',
  ERASE: 'ERASED',
  BLOBS: 'BLOBS',
  DEVICES: 'DEVICES',
  DIRECTORY: 'DIRECTORY',
  MEET: 'MEET',
} as const satisfies Record<AskedVerb, string>;

const answerVerbs: ReadonlySet<string> = new Set(Object.values(answerOf));

export class PendingRequests {
  readonly #write: (line: string) => void;
  readonly #waiting = new Map<string, { readonly verb: AskedVerb; readonly take: Waiting }>();
  #last = 0;
  #isClosed = false;

  /** `write` sends a line. */
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** How many requests wait for their answers. The callers limit them. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends a request. `take` gets the answer, in order with the server's other events. */
  ask<V extends AskedVerb>(
    verb: V,
    fields: Omit<RequestInput<V>, 'label'>,
    take: (answer: RequestAnswer<V>) => void,
  ): void {
    if (this.#isClosed) {
      take(err({ code: 'gone' }));
      return;
    }
    this.#last += 1;
    const label = this.#last.toString(36);
    this.#waiting.set(label, { verb, take: take as Waiting });
    this.#write(formatRequest(verb, { ...fields, label } as RequestInput<V>));
  }

  /** Like `ask`, for callers that do not need the order. */
  asking<V extends AskedVerb>(
    verb: V,
    fields: Omit<RequestInput<V>, 'label'>,
  ): Promise<RequestAnswer<V>> {
    return new Promise((resolve) => this.ask(verb, fields, resolve));
  }

  /** Whether `event` is an answer. If so, its caller gets it. */
  receive(event: ExtendedEvent): boolean {
    const failed = event.verb === 'FAILED';
    if (!failed && !answerVerbs.has(event.verb)) return false;
    // A box that somebody else has left comes unasked.
    if (event.verb === 'MEET' && event.box !== undefined) return false;
    // Rules that have changed too.
    if (event.verb === 'RULES' && event.label === undefined) return false;
    const label = 'label' in event ? event.label : undefined;
    const asked = label === undefined ? undefined : this.#waiting.get(label);
    // An answer that nobody waits for, or of the wrong kind, comes from a confused server.
    if (label === undefined || asked === undefined) return true;
    if (!failed && event.verb !== answerOf[asked.verb]) return true;
    this.#waiting.delete(label);
    asked.take(failed ? failureOf(event) : ok(event));
    return true;
  }

  /** The connection has ended: nothing is answered any more. */
  close(): void {
    this.#isClosed = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { take } of waiting) take(err({ code: 'gone' }));
  }
}

function failureOf({
  code,
  text,
  expected,
  retryMs,
  taken,
  last,
  people,
  room,
}: ExtendedEventOf<'FAILED'>): Err<RequestFailure> {
  return err({
    code,
    text,
    expected,
    retryMs,
    ...(taken === true && { taken }),
    ...(last !== undefined && { last }),
    ...(people !== undefined && { people }),
    ...(room !== undefined && { room }),
  });
}
