// When the screen is drawn: at once for the person's own actions, and at a limited rate for what others do. A
// thousand messages a second need no more frames a second than one eye can follow.

/** Between two frames that nobody asked for with a key. */
export const frameMs = 33;
/** For people whom movement disturbs, and for slow lines. */
export const calmMs = 1_000;

export class FramePacer {
  readonly #draw: () => void;
  /** Milliseconds between two such frames. */
  between = frameMs;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #isDue = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  /** Now. */
  now(): void {
    this.stop();
    this.#lastMs = performance.now();
    this.#draw();
  }

  /** When the keys that came together have been handled. */
  afterKeys(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.now();
    });
  }

  /** At the end of this turn, or as soon as the last frame is old enough. */
  soon(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastMs + this.between - performance.now());
    this.#timer = setTimeout(() => this.now(), wait);
  }

  /** What was asked for is not drawn any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
