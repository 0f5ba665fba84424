// The default folder for received files: where people look for them. Created when the first one arrives.
import { join } from 'node:path';
import { homeFolder } from '../platform/node/home.ts';

export function defaultDownloads(): string {
  return join(homeFolder(), 'Downloads', 'helo');
}
