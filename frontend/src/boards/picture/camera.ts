/** What part of the board is seen: moved and zoomed by mouse, touch and keys, 10 to 400 percent. */
import type { Rect } from "../layout";
import { within } from "../schema";

export const LEAST_ZOOM = 0.1;
export const MOST_ZOOM = 4;
const GLIDE_MS = 220;

const isCalm = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Camera {
  x = 0;
  y = 0;
  zoom = 1;
  private frame = 0;

  constructor(private readonly stage: HTMLElement, private readonly whenMoved: () => void) {}

  get width(): number { return this.stage.clientWidth; }
  get height(): number { return this.stage.clientHeight; }

  /** The part of the board in sight, with some room round it. */
  view(room = 0): Rect {
    return {
      x: (-this.x - room) / this.zoom, y: (-this.y - room) / this.zoom,
      w: (this.width + 2 * room) / this.zoom, h: (this.height + 2 * room) / this.zoom,
    };
  }

  /** A point of the window as a point of the board. */
  toBoard(clientX: number, clientY: number): { x: number; y: number } {
    const box = this.stage.getBoundingClientRect();
    return { x: (clientX - box.left - this.x) / this.zoom, y: (clientY - box.top - this.y) / this.zoom };
  }

  /** A point of the board as a point of the stage. */
  toStage(x: number, y: number): { x: number; y: number } {
    return { x: x * this.zoom + this.x, y: y * this.zoom + this.y };
  }

  pan(dx: number, dy: number): void {
    this.set(this.x + dx, this.y + dy, this.zoom);
  }

  /** Zooms round a point of the window; without one, round the middle. */
  zoomBy(factor: number, clientX?: number, clientY?: number): void {
    const box = this.stage.getBoundingClientRect();
    const [px, py] = clientX === undefined || clientY === undefined ? [this.width / 2, this.height / 2] : [clientX - box.left, clientY - box.top];
    const zoom = within(this.zoom * factor, LEAST_ZOOM, MOST_ZOOM);
    const scale = zoom / this.zoom;
    this.set(px - (px - this.x) * scale, py - (py - this.y) * scale, zoom);
  }

  /** One step in or out: 10, 25, 50, 75, 90, 100, 125, 150, 200, 300, 400. */
  step(inwards: boolean): void {
    const steps = [0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.25, 1.5, 2, 3, 4];
    const next = inwards ? steps.find((each) => each > this.zoom * 1.01) : [...steps].reverse().find((each) => each < this.zoom * 0.99);
    if (next) this.zoomBy(next / this.zoom);
  }

  /** Shows a part of the board whole. Insets are what lies over the stage (tools, small map). */
  fit(rect: Rect, { most = 1, glide = true, inset = { left: 88, right: 24, top: 24, bottom: 24 } } = {}): void {
    const [w, h] = [Math.max(120, this.width - inset.left - inset.right), Math.max(120, this.height - inset.top - inset.bottom)];
    const zoom = within(Math.min(w / rect.w, h / rect.h), LEAST_ZOOM, most);
    const x = inset.left + (w - rect.w * zoom) / 2 - rect.x * zoom;
    const y = inset.top + Math.max(0, (h - rect.h * zoom) / 2) - rect.y * zoom;
    if (glide) this.glide(x, y, zoom);
    else this.set(x, y, zoom);
  }

  /** Shows the board from this point on. */
  show(x: number, y: number, zoom: number, left = 16, top = 72): void {
    this.set(left - x * zoom, top - y * zoom, zoom);
  }

  /** Brings a part into sight by the shortest way. */
  reveal(rect: Rect, least = 0.4): void {
    const zoom = Math.max(this.zoom, least);
    const margin = 72;
    const at = zoom === this.zoom ? { x: this.x, y: this.y } : { x: this.width / 2 - (rect.x + rect.w / 2) * zoom, y: this.height / 2 - (rect.y + rect.h / 2) * zoom };
    const [left, top] = [rect.x * zoom + at.x, rect.y * zoom + at.y];
    const [right, bottom] = [left + rect.w * zoom, top + rect.h * zoom];
    const dx = left < margin + 24 ? margin + 24 - left : Math.min(0, this.width - margin - right);
    const dy = top < margin ? margin - top : Math.min(0, this.height - margin - bottom);
    if (dx || dy || zoom !== this.zoom) this.glide(at.x + dx, at.y + dy, zoom);
  }

  private glide(x: number, y: number, zoom: number): void {
    cancelAnimationFrame(this.frame);
    if (isCalm() || !this.width) return this.set(x, y, zoom);
    const from = { x: this.x, y: this.y, zoom: this.zoom };
    const start = performance.now();
    const go = (now: number): void => {
      const part = within((now - start) / GLIDE_MS, 0, 1);
      const eased = 1 - (1 - part) ** 3;
      this.x = from.x + (x - from.x) * eased;
      this.y = from.y + (y - from.y) * eased;
      this.zoom = from.zoom + (zoom - from.zoom) * eased;
      this.whenMoved();
      if (part < 1) this.frame = requestAnimationFrame(go);
    };
    this.frame = requestAnimationFrame(go);
  }

  private set(x: number, y: number, zoom: number): void {
    cancelAnimationFrame(this.frame);
    this.x = x;
    this.y = y;
    this.zoom = zoom;
    this.whenMoved();
  }
}
