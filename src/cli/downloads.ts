// Where files of others are put unless somebody says otherwise: where people look for what they have received. Made when
// the first one comes.
import { join } from 'node:path';
import { homeFolder } from '../platform/node/home.ts';

export function defaultDownloads(): string {
  return join(homeFolder(), 'Downloads', 'helo');
}
