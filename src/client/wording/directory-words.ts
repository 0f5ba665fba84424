// What is told about a server's directory: alarms, with what to do, and what `/directory` shows.

import type { ChatClient } from '../chat-client.ts';
import type { DirectoryAlarm, DirectoryNews } from '../account/directory/directory-alarm.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { NoticeWords } from './printed-line.ts';

/** Each a warning of its own. */
export function directoryWords(news: DirectoryNews): readonly NoticeWords[] {
  switch (news.kind) {
    case 'alarm':
      return [
        `THE SERVER IS NOT TO BE TRUSTED: ${alarmWords(news.alarm)}`,
        {
          typed: `${askAround}. /directory says more; /directory accept goes on with what the server shows now`,
          seen: askAround,
        },
      ];
    case 'put-back':
      return [
        `the server was put back to older data: ${lostWords(news.lost)}. If the operator knows nothing of that, treat it as an alarm`,
      ];
    case 'unproven':
      return [
        `what a device of ${news.user} says of the list of devices does not have this server's signature: their program makes it up, or they were shown another server. Compare the server's address with them. Nothing is held up`,
      ];
    case 'not-compared':
      return [
        {
          typed: `${notCompared}, which you have taken before. /verify compares the keys of people`,
          seen: `${notCompared}, which you have taken before. Compare the keys of people`,
        },
      ];
    case 'damaged':
      return [
        'the copy of the list of devices on this disk is damaged: a new one is made, and what the server showed before cannot be compared with it',
      ];
  }
}

const askAround =
  'nothing that is encrypted leaves this device until you decide. Ask the operator and the people concerned, by phone or in person and not in this chat, whether the server was changed or broken into';
const notCompared =
  'the list of devices of this server is too long to be compared on this device: a lie of the server about devices is not found by it';

function lostWords(lost: number): string {
  return lost === 1
    ? '1 of its entries about devices is gone, and comes back with the person whose device it is'
    : `${lost} of its entries about devices are gone, and come back with the people whose devices they are`;
}

function alarmWords(alarm: DirectoryAlarm): string {
  switch (alarm.kind) {
    case 'other-list':
      return 'its list of all devices is another one than it has shown before';
    case 'older-list':
      return 'its list of all devices lacks entries that it has shown before';
    case 'no-list':
      return 'it does not show its list of all devices any more, or shows one that does not hold';
    case 'too-long':
      return 'its list of all devices is said to be longer than any that this device can compare, so that a lie in it would not be found';
    case 'not-ours':
      return 'it shows others a device of yours that none of your devices has added';
    case 'not-listed':
      return `it shows you devices of ${alarm.user} that it does not show everybody`;
    case 'hidden':
      return `it hides from you that a device of ${alarm.user} was added or revoked`;
    case 'swapped-key':
      return `it gives a key for ${alarm.user} that is of none of their devices: who has it could read what you write to them`;
    case 'differs':
      return `it shows you and ${alarm.user} different lists of devices`;
  }
}

/** The lines of `/directory`. */
async function tellDirectory(client: ChatClient): Promise<readonly string[]> {
  const state = await client.directory();
  if (state === undefined)
    return ['the list of devices is for accounts, and for one program of each'];
  const { size, alarms, isPutBack, isTooLong } = state;
  if (size === undefined && alarms.length === 0 && isTooLong !== true)
    return ['this server keeps no list of devices that could be compared'];
  const entries = size === 1 ? '1 entry' : `${size ?? 0} entries`;
  const known = `this device has a copy of the server's list of all devices: ${entries}`;
  if (alarms.length === 0 && isTooLong === true) return [known, `  NOT COMPARED: ${notCompared}`];
  if (alarms.length === 0) {
    const history = isPutBack
      ? 'the server was put back to older data once or more, and has said so. Apart from that the list'
      : 'it';
    return [
      known,
      `  ${history} only ever grew, and fits what is known here. People in encrypted conversations compare theirs with it`,
    ];
  }
  return [
    known,
    ...alarms.map((alarm) => `  NOT RIGHT: ${alarmWords(alarm)}`),
    '  nothing that is encrypted leaves this device. Ask the operator and the people concerned, by phone or in person',
    '  /directory accept goes on with what the server shows now. What was said before stays as it is',
  ];
}

/** What `/directory` answers, and `/directory accept`. */
export async function directoryAnswer(
  client: ChatClient,
  isAccepted: boolean,
): Promise<Result<readonly string[], string>> {
  if (!isAccepted) return ok(await tellDirectory(client));
  return (await client.acceptDirectory())
    ? ok(['from now on what the server shows counts: what waited is sent'])
    : err('there is nothing to decide about the list of devices');
}
