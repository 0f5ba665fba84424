// The camera: pictures from it until a code is in one. It is off again as soon as that is so, or as nobody looks.

import { codeFinder } from './find-code.ts';

/** Between two looks at what the camera sees, in milliseconds. */
const lookMs = 150;

/** Looks for a code until it has one, and calls `found`; or calls `failed` with the reason, in words. Returns the end. */
export function watchCamera(
  video: HTMLVideoElement,
  found: (text: string) => void,
  failed: (why: string) => void,
): () => void {
  let stream: MediaStream | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const end = (): void => {
    isOver = true;
    clearTimeout(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };
  const look = async (find: Awaited<ReturnType<typeof codeFinder>>): Promise<void> => {
    // There is nothing to be seen yet.
    const text = video.videoWidth === 0 ? undefined : await find(video);
    if (isOver) return;
    if (text === undefined) {
      timer = setTimeout(() => void look(find).catch(fail), lookMs);
      return;
    }
    end();
    found(text);
  };
  const fail = (error: unknown): void => {
    if (isOver) return;
    end();
    failed(cameraWords(error));
  };
  const begin = async (): Promise<void> => {
    const [find, opened] = await Promise.all([
      codeFinder(),
      navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false }),
    ]);
    stream = opened;
    if (isOver) {
      end();
      return;
    }
    video.srcObject = opened;
    await video.play();
    await look(find);
  };
  void begin().catch(fail);
  return end;
}

export function hasCamera(): boolean {
  // Browsers leave it out where a page came unencrypted.
  return 'mediaDevices' in navigator && 'getUserMedia' in navigator.mediaDevices;
}

function cameraWords(error: unknown): string {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
      return 'The browser does not let this page use the camera. A picture of the code works too.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'There is no camera here. A picture of the code works too.';
    case 'NotReadableError':
      return 'The camera cannot be used, perhaps because another program has it.';
    default:
      return 'The camera did not start. A picture of the code works too.';
  }
}
