// The messages between the chat and the thread for files. Plain values only: they are copied between threads.

import type { MessagePort } from 'node:worker_threads';
import type { KeptPlan, TransferId, TransferPlan } from '../../hub/effects.ts';
import type { KeptReport } from '../../hub/inputs.ts';
import type { KeptFileId } from '../../wire/kept-files.ts';
import type { LogFields, LogLevel } from '../log.ts';
import type { TlsCredentials } from '../transport/tls.ts';
import type { Origin } from '../transport/transport.ts';
import type { LoginOrigins } from './admission.ts';
import type { PortRange } from './port.ts';
import type { RelayLimits } from './relay-transfer.ts';
import type { WebVisit } from './web/web-visit.ts';

/** The input of the thread. */
export interface FileSettings extends RelayLimits {
  /** The ports for transfers. Undefined for any free one. */
  readonly ports: PortRange | undefined;
  /** Where the bytes of kept files are. Undefined if none are kept. */
  readonly folder: string | undefined;
}

/** To the thread. */
export type FileOrder =
  /** Open a port for a file. The answer is `opened` or `failed`. */
  | { readonly type: 'open'; readonly plan: TransferPlan; readonly homes: LoginOrigins }
  /** End a transfer, in any state. No answer. */
  | { readonly type: 'close'; readonly transfer: TransferId }
  /** Open a port for a kept file. The answer is `keptOpened`, `keptFailed`, or `keptOver` after a `closeKept`. */
  | { readonly type: 'openKept'; readonly plan: KeptPlan; readonly home: Origin }
  /** End its transfer, in any state. The answer is `keptOver`. */
  | { readonly type: 'closeKept'; readonly transfer: TransferId }
  /** Delete the bytes of a kept file. No answer. */
  | { readonly type: 'removeKept'; readonly id: KeptFileId }
  /** Accept TLS with these credentials at the ports from now on. */
  | { readonly type: 'useTls'; readonly credentials: TlsCredentials }
  /** A WebSocket to a transfer port, whose bytes come over `channel`. No answer. */
  | { readonly type: 'webVisit'; readonly visit: WebVisit; readonly channel: MessagePort }
  /** Report `finished` once no connection to any port is open. Nothing is opened after this. */
  | { readonly type: 'finish' };

/** From the thread. */
export type FileReport =
  | { readonly type: 'opened'; readonly transfer: TransferId; readonly port: number }
  | { readonly type: 'failed'; readonly transfer: TransferId }
  /** It has ended by itself. */
  | { readonly type: 'closed'; readonly transfer: TransferId }
  | KeptReport
  | { readonly type: 'finished' }
  | {
      readonly type: 'log';
      readonly level: Exclude<LogLevel, 'silent'>;
      readonly fields: LogFields;
      readonly message: string;
    };
