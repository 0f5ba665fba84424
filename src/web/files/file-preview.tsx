// A file that this browser has: shown if it is a picture, sound or video by its own bytes, and given to the person to
// save. The address of a shown one ends with the component.

import { useEffect, useState } from 'preact/hooks';
import { mediaHeadBytes, mediaOf, type Media } from '../../client/files/media.ts';
import { saveFile } from './save-file.ts';

/** A larger picture takes more memory than a page should without being asked. */
const maxPictureBytes = 32_000_000;
const maxPixels = 40_000_000;

export interface FilePreviewProps {
  readonly file: File;
  /** Harmless. */
  readonly name: string;
  /** Opens a picture over the chat. */
  readonly enlarge?: () => void;
}

interface Seen {
  readonly media: Media;
  readonly url: string;
}

export function FilePreview({ file, name, enlarge }: FilePreviewProps) {
  const [seen, setSeen] = useState<Seen>();
  const [isWanted, setWanted] = useState(false);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    let url: string | undefined;
    let isOver = false;
    setSeen(undefined);
    setWanted(false);
    setBroken(false);
    const look = async (): Promise<void> => {
      const media = await readMedia(file);
      if (isOver || media === undefined) return;
      // With the type of its bytes: the browser looks for no other in it.
      url = URL.createObjectURL(file.slice(0, file.size, media.type));
      setSeen({ media, url });
    };
    void look();
    return () => {
      isOver = true;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [file]);
  if (seen === undefined) return null;
  const { media, url } = seen;
  if (isBroken) return <p class="dim">It cannot be shown: what it says of itself is not so.</p>;
  const failed = (): void => setBroken(true);
  switch (media.kind) {
    case 'sound':
      return <audio src={url} controls preload="metadata" aria-label={name} onError={failed} />;
    case 'video':
      return <video src={url} controls preload="metadata" aria-label={name} onError={failed} />;
    case 'picture': {
      if (!isWanted && !isShownAtOnce(file, media))
        return <button onClick={() => setWanted(true)}>Show the picture</button>;
      const picture = <img src={url} alt={name} onError={failed} />;
      return enlarge === undefined ? (
        picture
      ) : (
        <button class="picture" aria-label={`Enlarge ${name}`} onClick={enlarge}>
          {picture}
        </button>
      );
    }
  }
}

export function SaveButton({ file, name }: Pick<FilePreviewProps, 'file' | 'name'>) {
  return (
    <button onClick={() => saveFile(file, file.name)}>
      Save<span class="hidden"> {name}</span>
    </button>
  );
}

async function readMedia(file: File): Promise<Media | undefined> {
  try {
    return mediaOf(new Uint8Array(await file.slice(0, mediaHeadBytes).arrayBuffer()));
  } catch {
    // It was changed or deleted meanwhile: there is nothing to show.
    return undefined;
  }
}

function isShownAtOnce(file: File, media: Extract<Media, { readonly kind: 'picture' }>): boolean {
  const { pixels, mayMove } = media;
  if (mayMove && matchMedia('(prefers-reduced-motion: reduce)').matches) return false;
  return pixels !== undefined && pixels <= maxPixels && file.size <= maxPictureBytes;
}
