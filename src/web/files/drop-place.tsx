// Takes files that are dropped anywhere on the page. Without it the browser would leave the chat and open the file.

import { useEffect, useState } from 'preact/hooks';
import { filesIn } from './attachments.ts';

export interface DropPlaceProps {
  /** Who gets them. Undefined: nobody can here. */
  readonly whom: string | undefined;
  readonly take: (files: readonly File[], hasFolder: boolean) => void;
}

export function DropPlace({ whom, take }: DropPlaceProps) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent): void => {
      // Into nothing: out of the window.
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent): void => {
      setOver(false);
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      const { files, hasFolder } = filesIn(event.dataTransfer);
      take(files, hasFolder);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', left);
    window.addEventListener('drop', dropped);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', left);
      window.removeEventListener('drop', dropped);
    };
  }, [take]);
  if (!isOver) return null;
  return (
    <p class="drop-place" role="status">
      {whom === undefined ? 'No files can be sent here' : `Drop them here for ${whom}`}
    </p>
  );
}
