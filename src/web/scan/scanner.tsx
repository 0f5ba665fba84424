// Takes a QR code, by the camera or from a picture. What to do with one, whoever shows this knows.

import { useEffect, useRef, useState } from 'preact/hooks';
import { readScanned, type ScannedCode } from '../../client/scanned-code.ts';
import { hasCamera, watchCamera } from './camera.ts';
import { codeInPicture } from './find-code.ts';

export interface ScannerProps {
  /** Whose code it is: `the code on the screen of bob`. */
  readonly what: string;
  readonly found: (code: ScannedCode) => void;
}

export function Scanner({ what, found }: ScannerProps) {
  const [isLooking, setLooking] = useState(false);
  const [words, setWords] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const take = (text: string): void => {
    setLooking(false);
    setWords(undefined);
    found(readScanned(text));
  };
  const readPicture = async (picture: File | undefined): Promise<void> => {
    if (picture === undefined) return;
    setWords('one moment …');
    const text = await codeInPicture(picture);
    if (text === undefined) setWords('No code was found in that picture.');
    else take(text);
  };
  return (
    <div class="scanner">
      <div class="actions">
        {hasCamera() && (
          <button
            onClick={() => {
              setWords(undefined);
              setLooking(!isLooking);
            }}
          >
            {isLooking ? 'Camera off' : 'Scan with the camera'}
          </button>
        )}
        <button onClick={() => file.current?.click()}>Read it from a picture</button>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          aria-label={`A picture of ${what}`}
          onChange={(event) => {
            const { currentTarget } = event;
            void readPicture(currentTarget.files?.[0]);
            // The same picture may be chosen again.
            currentTarget.value = '';
          }}
        />
      </div>
      {isLooking && (
        <Viewfinder
          what={what}
          found={take}
          failed={(why) => {
            setLooking(false);
            setWords(why);
          }}
        />
      )}
      <p role="status">{words}</p>
    </div>
  );
}

interface ViewfinderProps {
  readonly what: string;
  readonly found: (text: string) => void;
  readonly failed: (why: string) => void;
}

function Viewfinder({ what, found, failed }: ViewfinderProps) {
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef({ found, failed });
  latest.current = { found, failed };
  useEffect(() => {
    if (video.current === null) return undefined;
    return watchCamera(
      video.current,
      (text) => latest.current.found(text),
      (why) => latest.current.failed(why),
    );
  }, []);
  return (
    <figure>
      <video ref={video} muted playsInline aria-label="What the camera sees" />
      <figcaption>Hold {what} before the camera.</figcaption>
    </figure>
  );
}
