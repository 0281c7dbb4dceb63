/**
 * <redact-areas> round a picture and its rows of numbers: rectangles are drawn with the pointer, or added, moved and sized by keyboard.
 * The rows (percent of the picture) are what the form sends; they stay there to be read and typed.
 */
type Box = { left: number; top: number; width: number; height: number };

const SIDES = ["left", "top", "width", "height"] as const;
const STEP = 1;
const SMALLEST = 1;
const half = (value: number): number => Math.round(value * 2) / 2;
const within = (value: number, most = 100): number => Math.min(most, Math.max(0, value));

export class RedactAreas extends HTMLElement {
  private layer = document.createElement("div");
  private boxes = new Map<HTMLElement, HTMLButtonElement>();
  private from: { x: number; y: number } | null = null;
  private drawn: HTMLElement | null = null;

  connectedCallback(): void {
    const stage = this.querySelector<HTMLElement>(".areas__stage");
    if (!stage || this.layer.isConnected) return;
    this.layer.className = "areas__layer";
    stage.append(this.layer);
    this.rows.forEach((row) => (this.read(row) || row.querySelector(".is-wrong") ? this.wake(row) : row.remove()));
    this.querySelector(".areas__plain")?.toggleAttribute("hidden", true);
    this.querySelector(".areas__drawn")?.toggleAttribute("hidden", false);
    const add = this.querySelector<HTMLButtonElement>("[data-add]");
    add?.toggleAttribute("hidden", false);
    add?.addEventListener("click", () => this.boxes.get(this.add({ left: 40, top: 40, width: 20, height: 20 }))?.focus());
    this.layer.addEventListener("pointerdown", (event) => this.begin(event));
    this.layer.addEventListener("pointermove", (event) => this.go(event));
    this.layer.addEventListener("pointerup", () => this.end());
    this.layer.addEventListener("pointercancel", () => this.end());
  }

  private get rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".areas__rows > li")];
  }

  private field(row: HTMLElement, side: string): HTMLInputElement | null {
    return row.querySelector<HTMLInputElement>(`input[name$=-${side}]`);
  }

  private read(row: HTMLElement): Box | null {
    const [left, top, width, height] = SIDES.map((side) => {
      const typed = this.field(row, side)?.value ?? "";
      return typed === "" ? NaN : Number(typed);
    });
    if (left === undefined || top === undefined || !width || !height || Number.isNaN(left + top + width + height)) return null;
    return { left, top, width, height };
  }

  private write(row: HTMLElement, box: Box): void {
    for (const side of SIDES) {
      const field = this.field(row, side);
      if (field) field.value = String(half(box[side]));
    }
    this.place(row);
  }

  private wake(row: HTMLElement): void {
    const box = document.createElement("button");
    box.type = "button";
    box.className = "areas__box";
    this.layer.append(box);
    this.boxes.set(row, box);
    box.addEventListener("keydown", (event) => this.press(event, row));
    row.addEventListener("input", () => this.place(row));
    const drop = row.querySelector<HTMLElement>("[data-drop]");
    drop?.toggleAttribute("hidden", false);
    drop?.addEventListener("click", () => this.drop(row));
    this.place(row);
    this.name();
  }

  private name(): void {
    const words = this.dataset["name"] ?? "";
    this.rows.forEach((row, index) => this.boxes.get(row)?.setAttribute("aria-label", words.replace("#", String(index + 1))));
  }

  private place(row: HTMLElement): void {
    const box = this.boxes.get(row);
    const read = this.read(row);
    if (!box) return;
    box.hidden = !read;
    if (read) for (const side of SIDES) box.style[side] = `${read[side]}%`;
  }

  private add(box: Box): HTMLElement {
    const template = this.querySelector<HTMLTemplateElement>("template")?.content.firstElementChild;
    const row = template?.cloneNode(true) as HTMLElement;
    this.querySelector(".areas__rows")?.append(row);
    this.wake(row);
    this.write(row, box);
    return row;
  }

  private drop(row: HTMLElement): void {
    this.boxes.get(row)?.remove();
    this.boxes.delete(row);
    row.remove();
    this.name();
    this.querySelector<HTMLButtonElement>("[data-add]")?.focus();
  }

  private press(event: KeyboardEvent, row: HTMLElement): void {
    if (event.key === "Delete" || event.key === "Backspace") this.drop(row);
    else {
      const ways: Record<string, [number, number]> = {
        ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
      };
      const way = ways[event.key];
      const box = this.read(row);
      if (!way || !box) return;
      if (event.shiftKey) {
        box.width = Math.max(SMALLEST, within(box.width + way[0], 100 - box.left));
        box.height = Math.max(SMALLEST, within(box.height + way[1], 100 - box.top));
      } else {
        box.left = within(box.left + way[0], 100 - box.width);
        box.top = within(box.top + way[1], 100 - box.height);
      }
      this.write(row, box);
    }
    event.preventDefault();
  }

  private at(event: PointerEvent): { x: number; y: number } {
    const box = this.layer.getBoundingClientRect();
    return { x: within(((event.clientX - box.left) / box.width) * 100), y: within(((event.clientY - box.top) / box.height) * 100) };
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as HTMLElement).classList.contains("areas__box")) return;
    event.preventDefault();
    this.layer.setPointerCapture(event.pointerId);
    this.from = this.at(event);
    this.drawn = null;
  }

  private go(event: PointerEvent): void {
    if (!this.from) return;
    const to = this.at(event);
    const box = {
      left: Math.min(this.from.x, to.x), top: Math.min(this.from.y, to.y),
      width: Math.abs(to.x - this.from.x), height: Math.abs(to.y - this.from.y),
    };
    if (this.drawn) this.write(this.drawn, box);
    else if (box.width >= SMALLEST && box.height >= SMALLEST) this.drawn = this.add(box);
  }

  private end(): void {
    const row = this.drawn;
    this.from = this.drawn = null;
    if (row) this.boxes.get(row)?.focus();
  }
}

customElements.define("redact-areas", RedactAreas);
