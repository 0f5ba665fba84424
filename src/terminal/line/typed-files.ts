// What can be typed about files [7.11]: send one, list them, take or refuse one, stop one.

import type { Transfer } from '../../client/files/transfer.ts';
import { refuseCommand, type CommandRefusalCode } from '../../client/command-refusal.ts';
import { splitWord } from '../../wire/text.ts';
import { formatBytes } from '../amounts.ts';
import { shownName, standing } from './file-progress.ts';
import { pathOf } from './path-completion.ts';
import { notice, replied, type PrintedLine } from './printed-line.ts';
import type { Done, TypedActions } from './typed-actions.ts';

/** Refusals that the seed has words for: they are printed as it does. */
const seedSentences: Readonly<Partial<Record<CommandRefusalCode, string>>> = {
  'no-such-file': 'No such file!',
  'file-to-yourself': "you can't send a file to yourself!",
};

/** `/send_file @user path` */
export async function sendFile(rest: string, { client, print }: TypedActions): Promise<Done> {
  const [mention, path] = splitWord(rest.trim());
  if (!mention.startsWith('@') || path.trim() === '') return 'malformed';
  const done =
    (await client.files?.send(mention.slice(1), pathOf(path))) ?? refuseCommand('no-files');
  const sentence = done.ok ? undefined : seedSentences[done.error.code];
  if (sentence === undefined) return done;
  print(replied(sentence));
  return undefined;
}

/** `/files` */
export function listFiles(words: readonly string[], { client, print }: TypedActions): Done {
  if (words.length > 0) return 'malformed';
  const list = client.files?.list ?? [];
  if (list.length === 0)
    print(notice('no files are on their way. /send_file @user path sends one'));
  for (const line of list.map(listed)) print(line);
  return undefined;
}

/** `/accept [n]`, `/decline [n]`, `/cancel [n]` */
export function chooseFile(
  act: 'accept' | 'decline' | 'cancel',
): (words: readonly string[], actions: TypedActions) => Done | Promise<Done> {
  return ([word, ...more], { client }) => {
    if (more.length > 0 || (word !== undefined && !/^[1-9]\d{0,8}$/.test(word))) return 'malformed';
    const number = word === undefined ? undefined : Number(word);
    return client.files?.[act](number) ?? refuseCommand('no-files');
  };
}

function listed(transfer: Transfer): PrintedLine {
  const { number, direction, peer, name, size } = transfer;
  const way = direction === 'outgoing' ? 'to' : 'from';
  const what = `${number}  ${shownName(name)} (${formatBytes(size)}) ${way} ${peer}`;
  return notice(`${what}: ${standing(transfer)}`);
}
