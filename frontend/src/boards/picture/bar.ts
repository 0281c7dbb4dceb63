/** The small bar above the chosen thing: its acts as buttons, always in sight. */
import type { Acts } from "../acts";
import type { Picture } from "./picture";
import { put } from "./things";

export class Bar {
  private shown = "";
  private acts_ = "";

  constructor(private readonly picture: Picture, private readonly bar: HTMLElement, private readonly acts: Acts, edit: (id: string) => void) {
    picture.over.append(bar);
    bar.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>("[data-act]");
      const id = picture.session.chosen;
      if (!button || !id) return;
      const name = button.dataset["act"]!;
      if (name === "edit") edit(id);
      else acts.run(name, id);
    });
    bar.addEventListener("keydown", (event) => this.walk(event));
  }

  /** Shows the bar where the chosen thing is; hides it while something is carried or written. */
  update(isQuiet: boolean): void {
    const { session, camera } = this.picture;
    const id = session.chosen;
    const rect = session.layout.cards.get(id) ?? session.layout.groups.get(id) ?? this.boxOf(id);
    const offered = id && rect && !isQuiet ? this.acts.offered(id) : new Set<string>();
    this.bar.hidden = !offered.size;
    if (!offered.size || !rect) return;
    const thing = session.model.standing(id);
    const key = [id, thing?.colour, ...offered].join(" ");
    if (this.acts_ !== key) {
      for (const button of this.bar.querySelectorAll<HTMLElement>("[data-act]")) {
        const name = button.dataset["act"]!;
        button.hidden = !offered.has(name.startsWith("colour:") ? "colour" : name);
        if (name.startsWith("colour:")) button.setAttribute("aria-pressed", String(name === `colour:${thing?.colour}`));
      }
      this.acts_ = key;
    }
    this.shown = id;
    const at = camera.toStage(rect.x + rect.w / 2, rect.y);
    const below = camera.toStage(0, rect.y + rect.h).y;
    const [w, h] = [this.bar.offsetWidth, this.bar.offsetHeight];
    const { left, right } = this.picture.sides;
    const x = Math.min(camera.width - w - right + 8, Math.max(left - 8, at.x - w / 2));
    const above = at.y - h - 12;
    const y = above > (camera.width < 700 ? this.picture.top - 8 : 8) ? above : Math.min(camera.height - h - 8, below + 12);
    put(this.bar, Math.round(x), Math.round(Math.max(8, y)));
  }

  /** Into the bar, by key. */
  enter(): void {
    if (this.shown) this.bar.querySelector<HTMLElement>("[data-act]:not([hidden])")?.focus();
  }

  private boxOf(id: string): { x: number; y: number; w: number; h: number } | undefined {
    if (!id) return undefined;
    const element = this.picture.world.querySelector<SVGGraphicsElement>(`[data-line="${CSS.escape(id)}"], [data-stroke="${CSS.escape(id)}"]`);
    const box = element?.getBBox();
    return box && { x: box.x, y: box.y, w: box.width, h: box.height };
  }

  private walk(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      return this.picture.focus(this.shown);
    }
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...this.bar.querySelectorAll<HTMLElement>("[data-act]:not([hidden])")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  }
}
