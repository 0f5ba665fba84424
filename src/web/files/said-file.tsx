// A file that this browser has, under the message about it or in a list: looked at, saved, or put away.

import { useEffect, useState } from 'preact/hooks';
import { FilePreview, SaveButton } from './file-preview.tsx';
import type { Session } from '../chat/session.ts';
import { heldId, type HeldFiles } from './held-files.ts';

export interface SaidFileProps {
  readonly session: Session;
  readonly held: HeldFiles;
  /** Of its content, in hex. */
  readonly digest: string;
  /** Harmless. */
  readonly name: string;
}

export function SaidFile({ session, held, digest, name }: SaidFileProps) {
  session.watch();
  const [file, setFile] = useState<File>();
  const id = heldId(digest, name);
  const isHere = held.has(id);
  useEffect(() => {
    let isAsked = true;
    const find = async (): Promise<void> => {
      const found = isHere ? await held.fileOf(id) : undefined;
      if (isAsked) setFile(found);
    };
    void find();
    return () => {
      isAsked = false;
    };
  }, [held, id, isHere]);
  if (file === undefined) return null;
  return (
    <div class="said-file">
      <FilePreview
        file={file}
        name={name}
        enlarge={() => (session.overlay.value = { kind: 'picture', file, name })}
      />
      <div class="actions">
        <SaveButton file={file} name={name} />
      </div>
    </div>
  );
}
