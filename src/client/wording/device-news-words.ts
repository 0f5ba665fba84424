// What is said to a person about devices that an account has now, or has no more. Only what is known of them: what kind of
// program it is, and which device has signed for it.

import type { NoticeWords } from './printed-line.ts';
import type { ChainSigner, DeviceChange, OwnChainNews } from '../encryption/trust/device-news.ts';

const forms = { terminal: 'terminal', web: 'browser', bot: 'program', first: 'first device' };
const whys = {
  lost: 'it is lost',
  retired: 'it is used no more',
  stolen: 'IT WAS STOLEN',
};

const contradicted =
  'THE SERVER SHOWS OTHER DEVICES OF THIS ACCOUNT THAN BEFORE: it lies, or somebody has your key. What this device knows holds; compare';

/** Words about the own account. */
export function ownDevicesWords(news: OwnChainNews): readonly NoticeWords[] {
  switch (news.kind) {
    case 'devices': {
      const isMore = news.changes.some(({ kind }) => kind === 'added');
      const what = news.changes.map((change) => changeWords('your account', change, 'your'));
      if (!isMore) return what;
      return [
        ...what,
        {
          typed: 'was that not you? /devices lists them; /devices revoke N stolen takes one out',
          seen: 'was that not you? The list of your devices takes one out',
        },
      ];
    }
    case 'reset':
      return [
        'THIS ACCOUNT BEGINS ANEW with this device: the server has nothing of its former devices, as after a reset by the operator. Others are warned that your key has changed',
      ];
    case 'put-back':
      return [
        'the server had lost which devices this account has, as after an old backup: this one has told it again',
      ];
    case 'put-back-in-part':
      return [
        'the server had lost which devices this account has, as after an old backup, and says that it takes no more of the list today. Until it has all, one that you have revoked may be let in: start this device again tomorrow, and ask the operator if you read this then again',
      ];
    case 'taken-away':
      return [
        'THE SERVER HIDES WHICH DEVICES THIS ACCOUNT HAS, and does not take the list again: one that you have revoked may be let in. Ask the operator',
      ];
    case 'contradicted':
      return [
        {
          typed: `${contradicted} /devices on all of yours, and ask the operator`,
          seen: `${contradicted} the list of devices on all of yours, and ask the operator`,
        },
      ];
    case 'not-in-it':
      return [
        'THE SERVER SHOWS A LIST OF DEVICES OF THIS ACCOUNT THAT DOES NOT HAVE THIS ONE: it is not believed. Ask the operator',
      ];
  }
}

/** `bob has a new terminal, added by their first device`. `whose`: how its devices are named. */
export function changeWords(who: string, change: DeviceChange, whose = 'their'): string {
  const { device } = change;
  const what = forms[device.form ?? 'first'];
  const by = signerWords(change.by, whose);
  return change.kind === 'added'
    ? `${who} has a new ${what}, added by ${by}`
    : `the ${what} of ${who} is none of ${whose} devices any more, says ${by}: ${whys[change.device.why]}`;
}

function signerWords(by: ChainSigner, whose: string): string {
  if (by === 'recovery') return `${whose} recovery words`;
  return by === 'first'
    ? `${whose} first device`
    : `a ${forms[by]} of ${whose === 'your' ? 'yours' : 'theirs'}`;
}
