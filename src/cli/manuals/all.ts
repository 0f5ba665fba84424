// The manuals of all commands, for what is made from them together: shell completion, the manual pages.
import type { Manual } from '../flags/help.ts';
import { adminManual } from './admin.ts';
import { backupManual } from './backup.ts';
import { chatManual } from './chat.ts';
import { completionManual } from './completion.ts';
import { exportManual } from './export.ts';
import { forgetManual } from './forget.ts';
import { importManual } from './import.ts';
import { linkManual } from './link.ts';
import { recoverManual } from './recover.ts';
import { recvManual } from './recv.ts';
import { restoreManual } from './restore.ts';
import { sendManual } from './send.ts';
import type { CommandName } from '../summaries.ts';
import { serveManual } from './serve.ts';
import { webManual } from './web.ts';

export const manuals: Readonly<Record<CommandName, Manual>> = {
  admin: adminManual,
  backup: backupManual,
  chat: chatManual,
  completion: completionManual,
  export: exportManual,
  forget: forgetManual,
  import: importManual,
  link: linkManual,
  recover: recoverManual,
  recv: recvManual,
  restore: restoreManual,
  send: sendManual,
  serve: serveManual,
  web: webManual,
};
