// Fingers on messages: a long press opens what can be done, a swipe to the right replies. The browser keeps scrolling up
// and down (touch-action in messages.css): then it cancels the pointer, and this forgets it. Where motion is not wanted
// the message stays where it is, and only says what will happen.

export interface TouchedActs {
  readonly opened: (key: number) => void;
  readonly replied: (key: number) => void;
  readonly mayReply: (key: number) => boolean;
}

interface Press {
  readonly row: HTMLElement;
  readonly key: number;
  readonly x: number;
  readonly y: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly maySwipe: boolean;
  isSwiped: boolean;
}

const longPressMs = 500;
/** A finger that rests moves less. */
const restPx = 10;
/** From here on a swipe replies. */
const replyPx = 56;
const maxShiftPx = 72;
/** There browsers go back. */
const edgePx = 24;
/** What has fingers of its own. */
const ownTouch = 'a, button, input, audio, video, pre';

export class MessageTouch {
  readonly #acts: TouchedActs;
  #press: Press | undefined;
  /** The finger is still down behind a long press. */
  #wasLong = false;

  constructor(acts: TouchedActs) {
    this.#acts = acts;
  }

  readonly listeners = {
    onPointerDown: (event: PointerEvent): void => this.#down(event),
    onPointerMove: (event: PointerEvent): void => this.#move(event),
    onPointerUp: (): void => this.#up(),
    onPointerCancel: (): void => this.#end(),
    onTouchEnd: (event: TouchEvent): void => {
      // It must not press what lies under the finger by now.
      if (this.#wasLong && event.cancelable) event.preventDefault();
      this.#wasLong = false;
    },
    onContextMenu: (event: MouseEvent): void => {
      if (this.#press !== undefined || this.#wasLong) event.preventDefault();
    },
  };

  #down({ pointerType, isPrimary, target, clientX: x, clientY: y }: PointerEvent): void {
    this.#end();
    this.#wasLong = false;
    if (pointerType !== 'touch' || !isPrimary || !(target instanceof Element)) return;
    const row = target.closest<HTMLElement>('[data-key]');
    if (row === null || target.closest(ownTouch) !== null) return;
    const key = Number(row.dataset['key']);
    const timer = setTimeout(() => {
      this.#end();
      this.#wasLong = true;
      this.#acts.opened(key);
    }, longPressMs);
    const maySwipe = x > edgePx && this.#acts.mayReply(key);
    this.#press = { row, key, x, y, timer, maySwipe, isSwiped: false };
  }

  #move({ clientX, clientY }: PointerEvent): void {
    const press = this.#press;
    if (press === undefined) return;
    const right = clientX - press.x;
    const down = Math.abs(clientY - press.y);
    if (!press.isSwiped) {
      if (Math.max(Math.abs(right), down) < restPx) return;
      clearTimeout(press.timer);
      press.isSwiped = press.maySwipe && right > 2 * down;
      if (!press.isSwiped) {
        this.#end();
        return;
      }
    }
    const shift = Math.max(0, Math.min(right, maxShiftPx));
    const { classList, style } = press.row;
    classList.add('swiped');
    classList.toggle('replies', shift >= replyPx);
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) style.translate = `${shift}px`;
  }

  #up(): void {
    const press = this.#press;
    const replies = press?.row.classList.contains('replies') === true;
    this.#end();
    if (press !== undefined && replies) this.#acts.replied(press.key);
  }

  #end(): void {
    if (this.#press === undefined) return;
    const { row, timer } = this.#press;
    this.#press = undefined;
    clearTimeout(timer);
    row.classList.remove('swiped', 'replies');
    row.style.translate = '';
  }
}
