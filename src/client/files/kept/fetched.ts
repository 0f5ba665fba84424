// The content of an incoming file that the server keeps: fetched whenever this user wants it, from wherever the file on
// the disk ends. Its message has told everything about it.

import { keptOffset } from '../../../e2ee/files/kept-layout.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import { portRetryMs } from '../limits.ts';
import type { Landing } from '../ports.ts';
import type { KeptIncoming } from '../records.ts';
import type { Approach, OpeningSteps, Supply } from '../supply.ts';
import type { TransferContext } from '../transfer-context.ts';
import type { AskReason } from '../transfer.ts';
import type { KeptFiles } from './kept-files.ts';
import { passes } from './refusals.ts';

export interface FetchedPorts {
  readonly keptFiles: KeptFiles;
  readonly requests: Pick<TransferContext, 'server' | 'timers'>;
  readonly judge: () => AskReason | undefined;
  readonly standing: () => Promise<KeyStanding>;
}

export class Fetched implements Supply, Approach {
  readonly kind = 'kept';
  readonly forRecord: { readonly kept: KeptIncoming };
  readonly judge: () => AskReason | undefined;
  readonly standing: () => Promise<KeyStanding>;
  readonly #ports: FetchedPorts;

  constructor(ports: FetchedPorts, kept: KeptIncoming) {
    this.#ports = ports;
    this.forRecord = { kept };
    this.judge = ports.judge;
    this.standing = ports.standing;
  }

  get approach(): Approach {
    return this;
  }

  open(landing: Landing, { asked, opened }: OpeningSteps): () => void {
    const { keptFiles, requests } = this.#ports;
    const { upload, key, salts, size } = this.forRecord.kept.file;
    let isOver = false;
    let takeBack = () => {};
    const ask = async (): Promise<void> => {
      asked();
      const answer = await keptFiles.fetch(upload, keptOffset(landing.chunks));
      if (isOver) return;
      if (answer.ok) {
        const { port, opening } = answer.value;
        const place = requests.server.place(port);
        const order = { place, form: 'bytes', size, key, salts, opening, header: '' } as const;
        opened({ kind: 'open', order });
      } else if (answer.error.code === 'gone') opened({ kind: 'interrupted' });
      else if (passes(answer.error)) {
        takeBack = requests.timers.after(answer.error.retryMs ?? portRetryMs, () => void ask());
      } else opened({ kind: 'expired' });
    };
    void ask();
    return () => {
      isOver = true;
      takeBack();
    };
  }

  release(): Promise<boolean> {
    return this.#ports.keptFiles.taken(this.forRecord.kept.file.upload);
  }

  // The sender is not there, and does not wait.
  reading(): void {}
  pending(): void {}
  want(): void {}
  ended(): void {}
  saved(): void {}
}
