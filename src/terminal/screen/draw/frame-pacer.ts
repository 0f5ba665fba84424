// When the screen is drawn: at once for the person's own actions, and at a limited rate for what others do. A thousand
// messages a second need no more frames than an eye can follow.

/** Time between two frames without a key. */
export const frameMs = 33;
/** The same for people whom movement disturbs, and for slow lines. */
export const calmMs = 1_000;

export class FramePacer {
  readonly #draw: () => void;
  /** Milliseconds between two frames without a key. */
  between = frameMs;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #isDue = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  now(): void {
    this.stop();
    this.#lastMs = performance.now();
    this.#draw();
  }

  /** After all keys that came together. */
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

  /** Cancels the requested frame. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
