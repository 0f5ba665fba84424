// All files of this login; and one picture, as large as the page lets it be.

import type { PageOverlay, Session } from '../chat/session.ts';
import { FilePreview, SaveButton } from '../files/file-preview.tsx';
import { Dialog } from './dialog.tsx';

export function FilesDialog({ session }: { readonly session: Session }) {
  const files = session.files.value;
  return (
    <Dialog session={session} title="Files">
      {files === undefined ? <p class="dim">one moment …</p> : <files.All />}
      <p class="dim">
        What has come is kept in this browser for a week: save what you want to keep.
      </p>
    </Dialog>
  );
}

type ShownPicture = Extract<PageOverlay, { readonly kind: 'picture' }>;

export function PictureDialog({
  session,
  shown: { file, name },
}: {
  readonly session: Session;
  readonly shown: ShownPicture;
}) {
  return (
    <Dialog session={session} title={name} isWide>
      <div class="whole-picture">
        <FilePreview file={file} name={name} />
      </div>
      <div class="actions">
        <SaveButton file={file} name={name} />
      </div>
    </Dialog>
  );
}
