/** What is carried to the edge of the picture pushes the board along, so that it can go where nobody sees yet. */
import { within } from "../schema";
import type { Camera } from "./camera";
import type { Point } from "./touch";

const EDGE = 44;
const PUSH = 9;

export class EdgePush {
  private frame = 0;

  constructor(private readonly stage: HTMLElement, private readonly camera: Camera) {}

  get isOn(): boolean { return this.frame !== 0; }

  /** Push as long as the hand stays at the edge; `where` gives nothing once nothing is carried, `follow` lays what is. */
  start(where: () => Point | null, follow: () => void): void {
    this.stop();
    const hand = where();
    if (!hand) return;
    const box = this.stage.getBoundingClientRect();
    const by = (place: number, low: number, high: number): number => (within((low + EDGE - place) / EDGE, 0, 1) - within((place - high + EDGE) / EDGE, 0, 1)) * PUSH;
    const [dx, dy] = [by(hand.x, box.left, box.right), by(hand.y, box.top, box.bottom)];
    if (!dx && !dy) return;
    this.camera.pan(dx, dy);
    follow();
    this.frame = requestAnimationFrame(() => this.start(where, follow));
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
