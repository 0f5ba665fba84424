// The default folder for files of others: where people look for received files. Created when the first one comes.
import { join } from 'node:path';
import { homeFolder } from '../platform/node/home.ts';

export function defaultDownloads(): string {
  return join(homeFolder(), 'Downloads', 'helo');
}
