// Over the input: what goes with the next message, to be looked at before, and to be taken out again.

import { formatBytes } from '../../client/wording/amounts.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import type { Session } from '../chat/session.ts';
import type { Attachments } from './attachments.ts';
import { FilePreview } from './file-preview.tsx';

export interface AttachmentTrayProps {
  readonly session: Session;
  readonly attachments: Attachments;
}

export function AttachmentTray({ session, attachments }: AttachmentTrayProps) {
  const id = session.focus.current.value;
  const files = attachments.of(id);
  if (files.length === 0) return null;
  return (
    <ul class="attachments" aria-label="To be sent">
      {files.map((file, index) => {
        const name = harmless(file.name);
        return (
          <li key={`${index} ${file.name} ${file.size}`}>
            <FilePreview file={file} name={name} />
            <span>
              <bdi class="name">{name}</bdi> <span class="dim">({formatBytes(file.size)})</span>
            </span>
            <button onClick={() => attachments.remove(id, file)} type="button">
              <span aria-hidden="true">×</span>
              <span class="hidden">Do not send {name}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
