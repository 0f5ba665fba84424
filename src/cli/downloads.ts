// Where files of others are put unless somebody says otherwise: where people look for what they have received. Made when
// the first one comes.
import { homedir } from 'node:os';
import { join } from 'node:path';

export function defaultDownloads(): string {
  return join(homedir(), 'Downloads', 'helo');
}
