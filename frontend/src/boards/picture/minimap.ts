/** The small map of the whole board: where things lie and what part is seen; a press or drag goes there. */
import type { Rect } from "../layout";
import type { Session } from "../session";
import type { Camera } from "./camera";

/** Colours as the style sheet says them, read once for each theme. */
export function paints(owner: Element): Record<string, string> {
  const style = getComputedStyle(owner);
  const names = ["yellow", "green", "blue", "red", "white"].flatMap((colour) => [`--bd-${colour}`, `--bd-${colour}-ink`, `--pen-${colour}`]);
  return Object.fromEntries([...names, "--bd-ground", "--bd-group", "--bd-here", "--cd-ink", "--cd-muted", "--bd-card-ink"].map((name) => [name, style.getPropertyValue(name).trim() || "#888"]));
}

export class Minimap {
  private area: Rect = { x: 0, y: 0, w: 1, h: 1 };
  private scale = 1;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly session: Session, private readonly camera: Camera) {
    const go = (event: PointerEvent): void => {
      const box = canvas.getBoundingClientRect();
      const x = this.area.x + (event.clientX - box.left - this.left) / this.scale;
      const y = this.area.y + (event.clientY - box.top - this.top) / this.scale;
      camera.pan(camera.width / 2 - x * camera.zoom - camera.x, camera.height / 2 - y * camera.zoom - camera.y);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      go(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) go(event);
    });
  }

  private left = 0;
  private top = 0;

  draw(): void {
    const all = this.session.layout.bounds();
    const view = this.camera.view();
    // Where all is in sight, a map would only lie on it.
    this.canvas.hidden = all.x >= view.x && all.y >= view.y && all.x + all.w <= view.x + view.w && all.y + all.h <= view.y + view.h;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const brush = this.canvas.getContext("2d")!;
    const colours = paints(this.canvas);
    const x = Math.min(all.x, view.x);
    const y = Math.min(all.y, view.y);
    this.area = { x, y, w: Math.max(all.x + all.w, view.x + view.w) - x, h: Math.max(all.y + all.h, view.y + view.h) - y };
    this.scale = Math.min((width - 12) / this.area.w, (height - 12) / this.area.h);
    this.left = (width - this.area.w * this.scale) / 2;
    this.top = (height - this.area.h * this.scale) / 2;
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.fillStyle = colours["--bd-ground"]!;
    brush.fillRect(0, 0, width, height);
    brush.setTransform(ratio * this.scale, 0, 0, ratio * this.scale, ratio * (this.left - this.area.x * this.scale), ratio * (this.top - this.area.y * this.scale));
    const { layout, model } = this.session;
    brush.fillStyle = colours["--bd-group"]!;
    for (const region of layout.canvas?.regions ?? []) brush.fillRect(region.x, region.y, region.w, region.h);
    for (const rect of layout.groups.values()) brush.fillRect(rect.x, rect.y, rect.w, rect.h);
    for (const [id, rect] of layout.cards) {
      brush.fillStyle = id === this.session.chosen ? colours["--bd-here"]! : colours[`--bd-${model.cards.get(id)?.colour ?? "white"}-ink`]!;
      brush.fillRect(rect.x, rect.y, rect.w, rect.h);
    }
    brush.strokeStyle = colours["--bd-here"]!;
    brush.lineWidth = 2 / this.scale;
    brush.strokeRect(view.x, view.y, view.w, view.h);
  }
}
