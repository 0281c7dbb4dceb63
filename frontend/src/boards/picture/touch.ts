/** Fingers on the picture, and the mouse as one of them: where each is, two that pinch, one that rests. */
import type { Camera } from "./camera";
import { middleOf } from "./things";

export type Point = { x: number; y: number };

/** A finger trembles more than a mouse. */
const SLACK = { mouse: 5, touch: 10 };
/** So long a finger rests on a card to take it up. */
const HOLD_MS = 380;

export const slackOf = (event: PointerEvent): number => (event.pointerType === "mouse" ? SLACK.mouse : SLACK.touch);

export class Fingers {
  /** Where the one that moved last is, in the window. */
  last: Point = { x: 0, y: 0 };
  private readonly places = new Map<number, Point>();
  private spread = 0;
  private timer = 0;

  constructor(private readonly camera: Camera) {}

  get count(): number { return this.places.size; }
  /** Whether one has come down on a thing and has not moved since. */
  get isResting(): boolean { return this.timer !== 0; }

  down(event: PointerEvent): void {
    this.last = { x: event.clientX, y: event.clientY };
    this.places.set(event.pointerId, this.last);
    if (this.count === 2) this.spread = this.pinch().spread;
  }

  /** One moves; gives where it was before, nothing for one that does not touch. */
  move(event: PointerEvent): Point | undefined {
    const before = this.places.get(event.pointerId);
    if (!before) return undefined;
    this.last = { x: event.clientX, y: event.clientY };
    this.places.set(event.pointerId, this.last);
    return before;
  }

  up(event: PointerEvent): void {
    this.places.delete(event.pointerId);
  }

  /** Once a finger has rested long enough. */
  hold(then: () => void): void {
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      then();
    }, HOLD_MS);
  }

  /** It moves, or is gone: it rests no more. */
  stir(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
  }

  /** Two fingers pull the board along and apart. */
  pinched(before: Point, event: PointerEvent): void {
    const { spread, x, y } = this.pinch();
    this.camera.pan((event.clientX - before.x) / 2, (event.clientY - before.y) / 2);
    if (this.spread) this.camera.zoomBy(spread / this.spread, x, y);
    this.spread = spread;
  }

  private pinch(): { spread: number; x: number; y: number } {
    const [a, b] = [...this.places.values()] as [Point, Point];
    return { spread: Math.hypot(a.x - b.x, a.y - b.y), ...middleOf({ x: a.x, y: a.y, w: b.x - a.x, h: b.y - a.y }) };
  }
}
