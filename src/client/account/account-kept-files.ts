// Files that the server keeps, for the transfers of an account (client/files/kept/kept-files.ts): their requests and the
// messages about them. Knows nothing of what the files hold.

import { encodeBase64url } from '../../lib/base64url.ts';
import { parseHex } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { formatPlace, type Place } from '../../wire/extended/names.ts';
import { formatPortLine, parseKeptFileId, type KeptFileId } from '../../wire/kept-files.ts';
import type { Username } from '../../wire/text.ts';
import type { KeptFileContent } from '../files/file-content.ts';
import type { KeptFiles, KeptOpening, UploadStanding } from '../files/kept/kept-files.ts';
import type { PendingRequests, RequestFailure } from '../pending-requests.ts';

export interface AccountKeptFilesPorts {
  readonly requests: () => PendingRequests | undefined;
  readonly say: (place: Place, messageId: string, file: KeptFileContent) => boolean;
  readonly isKnownTo: (user: Username) => Promise<boolean | undefined>;
}

const gone = err({ code: 'gone' } as const);

export class AccountKeptFiles implements KeptFiles {
  readonly say: AccountKeptFilesPorts['say'];
  readonly isKnownTo: AccountKeptFilesPorts['isKnownTo'];
  readonly #requests: AccountKeptFilesPorts['requests'];

  constructor({ requests, say, isKnownTo }: AccountKeptFilesPorts) {
    this.#requests = requests;
    this.say = say;
    this.isKnownTo = isKnownTo;
  }

  async upload(
    place: Place,
    hexId: string,
    rest?: { readonly from: number; readonly bytes: number },
  ): Promise<Result<UploadStanding, RequestFailure>> {
    const id = keptFileId(hexId);
    const fields = { in: formatPlace(place), id, ...rest };
    const answer = (await this.#requests()?.asking('UPLOAD', fields)) ?? gone;
    if (!answer.ok) return answer;
    const { have, sent, port, ticket } = answer.value;
    const isOpen = port !== undefined && ticket !== undefined;
    const to = isOpen
      ? { port, opening: formatPortLine({ verb: 'UPLOAD', id, ticket }) }
      : undefined;
    return ok({ have, isSaid: sent === true, to });
  }

  async fetch(hexId: string, from: number): Promise<Result<KeptOpening, RequestFailure>> {
    const id = keptFileId(hexId);
    const answer = (await this.#requests()?.asking('FETCH', { id, from })) ?? gone;
    if (!answer.ok) return answer;
    const { port, ticket } = answer.value;
    return ok({ port, opening: formatPortLine({ verb: 'FETCH', id, ticket }) });
  }

  async taken(hexId: string): Promise<boolean> {
    const answer = await this.#requests()?.asking('TAKEN', { id: keptFileId(hexId) });
    return answer?.ok === true;
  }

  drop(hexId: string): void {
    void this.#requests()?.asking('DROP', { id: keptFileId(hexId) });
  }
}

/** The id of a kept file, as the wire has it. */
export function keptFileId(hexId: string): KeptFileId {
  const id = parseKeptFileId(encodeBase64url(parseHex(hexId)));
  invariant(id !== undefined, 'a transfer has an id of 16 bytes');
  return id;
}
