// What the transfers of a login need of a server that keeps files: bringing and fetching them, and the message about
// one. The account has the requests and the outbox behind it (account/account-kept-files.ts).

import type { Result } from '../../../lib/result.ts';
import type { Place } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { KeptFileContent } from '../file-content.ts';
import type { RequestFailure } from '../../pending-requests.ts';

/** A port of the server, and what is said there first. */
export interface KeptOpening {
  readonly port: number;
  readonly opening: string;
}

/** How much of a file the server has. */
export interface UploadStanding {
  readonly have: number;
  /** A message has told of it. */
  readonly isSaid: boolean;
  /** Where the rest is to go, if that was asked for. */
  readonly to: KeptOpening | undefined;
}

/** Ids are in hex. Nothing rejects; where the connection ends, the code is `gone`. */
export interface KeptFiles {
  /** Asks how much is there; with `rest`, where the bytes from there on are to go. What is kept behind them is cut off. */
  upload(
    place: Place,
    id: string,
    rest?: { readonly from: number; readonly bytes: number },
  ): Promise<Result<UploadStanding, RequestFailure>>;
  fetch(id: string, from: number): Promise<Result<KeptOpening, RequestFailure>>;
  /** This account has it, or does not want it. Resolves to whether the server knows. */
  taken(id: string): Promise<boolean>;
  /** Nobody is to have it any more. */
  drop(id: string): void;
  /**
   * Says the message about a file, once: what waits to be sent under that id already is not said again. What becomes of
   * it is told like that of a note. Returns whether that was possible.
   */
  say(place: Place, messageId: string, file: KeptFileContent): boolean;
  /** Whether the client of somebody knows kept files. Undefined if that is not known. */
  isKnownTo(user: Username): Promise<boolean | undefined>;
}
