// Files that the program sends which has the account open: its news of them, as `Sending` hears those of a login.
import { err, ok } from '../../lib/result.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import type { OpenedCall } from '../../platform/node/control-socket.ts';
import type { OfferAnswer, Sending, SendingFiles } from './sending.ts';

/** Has the files of `sending` sent over the control socket. */
export function sendThrough(sending: Sending, { caller, leave }: OpenedCall): void {
  const transfers = new Map<number, Transfer>();
  const takeBack = new Map<number, () => void>();
  let isOver = false;
  const close = () => {
    if (isOver) return;
    isOver = true;
    leave();
    sending.closed('again');
  };
  const files: SendingFiles = {
    get list() {
      return [...transfers.values()];
    },
    send: (to, path) =>
      new Promise<OfferAnswer>((resolve) => {
        const cancel = caller.file(to, path, (news) => {
          if (news.is === 'again') {
            resolve(err({ code: 'already-sending', hint: '' }));
            close();
            return;
          }
          if (news.is === 'refused') {
            resolve(err(news));
            return;
          }
          const { change, transfer } = news;
          transfers.set(transfer.number, transfer);
          takeBack.set(transfer.number, cancel);
          sending.receive({ type: 'transfer', change, transfer });
          resolve(ok(transfer));
        });
      }),
    cancel: (number) => takeBack.get(number)?.(),
  };
  sending.begin({
    files: () => files,
    quit: close,
    later: 'The program that has the account open goes on with it; /files there shows it.',
  });
  void sending.opened();
}
