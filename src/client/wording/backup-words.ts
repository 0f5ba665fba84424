// `/backup` in words, and what becomes of a backup.

import type { ChatClient } from '../chat-client.ts';
import type { BackupWish, Verdict } from '../commands/actions.ts';
import type {
  BackupFileStatus,
  BackupNews,
  BackupProblem,
  BackupStatus,
} from '../vault/backup-ports.ts';
import type { Vault } from '../vault/vault.ts';
import { err, ok } from '../../lib/result.ts';
import { harmless } from './sanitize.ts';
import { lackOf } from './linking-words.ts';
import { notice, warning, type PrintedLine } from './printed-line.ts';

export async function backupWordsOf(client: ChatClient, wish: BackupWish): Promise<Verdict> {
  const { vault } = client;
  if (vault === undefined) return err(lackOf(client));
  if (typeof wish === 'object') return fileWords(vault, wish.path);
  switch (wish) {
    case undefined:
      return ok(statusWords(await vault.status()));
    case 'off':
      return (await vault.turnOff())
        ? ok('there is no backup any more: what was at the server is gone')
        : ok(
            'no backup is made any more; what was left at the server stays there for now: type /backup off again when you are connected',
          );
    case 'on':
    case 'now': {
      const done = await vault.turnOn();
      if (!done.ok) return err(backupProblemWords[done.error]);
      const { brought, bytes } = done.value;
      return ok(
        `your history is at the server, encrypted for your recovery words: ${sizeWords(bytes)}, ${sizeWords(brought)} of it new. What comes is added every few hours; your words bring it all to a new device: at the entry of a page, or by helo recover`,
      );
    }
  }
}

async function fileWords(vault: Vault, path: string): Promise<Verdict> {
  const done = await vault.toFile(path);
  if (done.ok) {
    const { brought, bytes, path: whole } = done.value;
    return ok(
      `your history is in ${whole}, encrypted for your recovery words: ${sizeWords(bytes)}, ${sizeWords(brought)} of it new. The same command adds what comes; with your words a new device takes it: at the entry of a page, or by helo recover --from`,
    );
  }
  return typeof done.error === 'string'
    ? err(backupProblemWords[done.error])
    : err(`there is no backup in ${done.error.path}: ${done.error.why}`);
}

export const backupProblemWords: Readonly<Record<BackupProblem, string>> = {
  'no-server':
    'there is no connection to a server that keeps backups: whoever runs it may have turned that off, or it is of an earlier version',
  'no-files': 'backups in files are made where helo chat runs, and not here',
  'no-words':
    'a backup is sealed to your recovery words, and your account has none yet: type /recovery first',
  'no-box':
    'your recovery words were made by a device or a version that has left nothing here to seal a backup to: type /backup on at the device that made them, or make others with /recovery new',
  'no-room':
    'the server keeps no more of yours: the backup that was there before stays. Whoever runs it can raise --blob-quota',
  later: 'the backup did not get through, and goes on where it was: it is tried again in a while',
  refused: 'the server does not take the backup',
  disk: 'this device cannot read or write what it remembers of the backup',
};

function statusWords(status: BackupStatus): string {
  if (status.isRestoring) return 'the history is still coming out of the backup';
  return [serverWords(status), ...status.files.map(statusOfFile)].join('. ');
}

function statusOfFile({ path, at, bytes, isOutdated }: BackupFileStatus): string {
  const again = `type /backup ${path}`;
  if (at === undefined) return `The backup in ${path} is not whole yet: ${again}`;
  const of = isOutdated ? `, for recovery words that hold no more: ${again}` : '';
  return `The backup in ${path} was whole on ${timeWords(at)}, ${sizeWords(bytes)}${of}`;
}

function timeWords(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC`;
}

function serverWords({ wish, at, bytes }: BackupStatus): string {
  const last =
    at === undefined
      ? 'none is whole yet'
      : `the last was whole on ${timeWords(at)}, ${sizeWords(bytes)}`;
  switch (wish) {
    case 'on':
      return `this device leaves a backup of its history at the server: ${last}`;
    case 'off':
      return 'this device leaves no backup at the server: /backup on begins one';
    case 'unasked':
      return 'there is no backup at the server yet: /backup on leaves your history at the server, encrypted for your recovery words (/recovery), /backup off ends the reminder';
  }
}

/** What is told unasked. */
export function backupNews(news: BackupNews): readonly PrintedLine[] {
  switch (news.kind) {
    case 'remember':
      return [
        notice({
          typed:
            'your history is on your devices alone: /backup on leaves it at the server too, encrypted for your recovery words; /backup off ends this reminder',
          seen: 'your history is on your devices alone: a backup leaves it at the server too, encrypted for your recovery words',
        }),
      ];
    case 'failed':
      return [warning(`no backup was made: ${backupProblemWords[news.why]}`)];
    case 'restoring':
      return [
        notice(
          `your history comes out of the backup: ${sizeWords(news.done)} of ${sizeWords(news.all)}`,
        ),
      ];
    case 'restored':
      return [
        notice({
          typed:
            'your history is here, out of the backup. /backup on makes one of this device, too',
          seen: 'your history is here, out of the backup. This device can keep one, too',
        }),
        ...(news.damaged > 0
          ? [
              warning(
                `${news.damaged === 1 ? '1 part of it was' : `${news.damaged} parts of it were`} damaged or gone${news.isTriedAgain ? '; that is tried again later' : ', and missing here'}`,
              ),
            ]
          : []),
      ];
    case 'damaged': {
      const told = `what this device remembered of its backup is damaged; a copy is kept as ${harmless(news.copy)}`;
      return [
        warning({
          typed: `${told}. /backup on makes a whole one again. If your history was still coming out of a backup, helo recover brings it to another data directory (--data)`,
          seen: `${told}. If your history was still coming out of a backup, the twelve words bring it to another browser`,
        }),
      ];
    }
    case 'nothing-to-restore':
      return [notice('there is no backup of this account that your recovery words open')];
  }
}

function sizeWords(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
