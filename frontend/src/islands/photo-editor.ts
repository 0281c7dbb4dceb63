/**
 * <photo-editor> round a dialog: blur faces and number plates, draw lines and arrows, before the photo leaves the device.
 * A blurred place is averaged to a few blocks, from which nothing can be got back; the picture that is sent holds no trace of
 * the original. `edit(file)` resolves to the new JPEG, or to null.
 */
import "../styles/photo-editor.css";

type Tool = "blur" | "arrow" | "pen";
type Point = { x: number; y: number };
type Mark = { tool: Tool; from: Point; to: Point; line: Point[]; colour: string; thickness: number };

// The longer side of what is sent, in px; the largest picture that is shown has 1920.
const LONGEST_SIDE = 2560;
// Blocks along the longer side of a blurred place.
const BLOCKS = 6;
const STEP = 0.02;

export class PhotoEditor extends HTMLElement {
  private ground: HTMLCanvasElement | null = null;
  private marks: Mark[] = [];
  private chosen: Mark | null = null;
  private drawn: Mark | null = null;
  private tool: Tool = "blur";
  private finish: ((file: File | null) => void) | null = null;
  private name = "";
  private isBusy = false;

  connectedCallback(): void {
    queueMicrotask(() => this.start());
  }

  private start(): void {
    const on = (selector: string, act: (element: HTMLElement) => void): void =>
      this.querySelectorAll<HTMLElement>(selector).forEach((element) => element.addEventListener("click", () => act(element)));
    on("[data-tool]", (button) => this.choose((button.dataset["tool"] ?? "blur") as Tool));
    on("[data-colour], [data-thickness]", (button) => this.ink(button));
    on("[data-add]", () => this.add());
    on("[data-undo]", () => this.undo());
    on("[data-cancel]", () => this.close(null));
    on("[data-save]", () => void this.save());
    this.dialog?.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close(null);
    });
    const canvas = this.canvas;
    canvas?.addEventListener("pointerdown", (event) => this.begin(event));
    canvas?.addEventListener("pointermove", (event) => this.go(event));
    canvas?.addEventListener("pointerup", (event) => this.end(event));
    canvas?.addEventListener("pointercancel", () => this.drop());
    canvas?.addEventListener("keydown", (event) => this.press(event));
    // Who comes with a keyboard to a screen that is touched reads what its keys do.
    this.dialog?.addEventListener("keydown", () => this.dialog?.classList.add("has-keys"), { once: true });
  }

  private get dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  private get canvas(): HTMLCanvasElement | null {
    return this.querySelector("canvas");
  }

  private say(name: string): string {
    return this.querySelector<HTMLTemplateElement>("template[data-words]")?.content.querySelector(`[data-say=${name}]`)?.textContent ?? "";
  }

  private tell(sentence: string): void {
    const status = this.querySelector("[data-status]");
    if (status) status.textContent = sentence;
  }

  async edit(file: File): Promise<File | null> {
    if (this.isBusy) return null; // a second press while the photo opens
    this.isBusy = true;
    const whole = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    const canvas = this.canvas;
    if (!whole || !canvas || !this.dialog) {
      this.isBusy = false;
      window.alert(this.say("unreadable"));
      return null;
    }
    const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
    this.ground = document.createElement("canvas");
    this.ground.width = canvas.width = Math.max(1, Math.round(whole.width * scale));
    this.ground.height = canvas.height = Math.max(1, Math.round(whole.height * scale));
    const pen = this.ground.getContext("2d", { willReadFrequently: true });
    if (pen) {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
    }
    whole.close();
    this.marks = [];
    this.chosen = this.drawn = null;
    this.name = file.name.replace(/\.\w+$/, "");
    this.choose("blur");
    this.list();
    this.draw();
    this.dialog.showModal();
    canvas.focus();
    return new Promise((done) => (this.finish = done));
  }

  private close(file: File | null): void {
    this.dialog?.close();
    this.isBusy = false;
    this.ground = null;
    this.finish?.(file);
    this.finish = null;
  }

  private async save(): Promise<void> {
    const canvas = this.canvas;
    if (!canvas || !this.ground) return;
    this.chosen = null;
    this.draw();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    this.close(blob && new File([blob], `${this.name}.jpg`, { type: "image/jpeg" }));
  }

  private choose(tool: Tool): void {
    this.tool = tool;
    this.querySelectorAll<HTMLElement>("[data-tool]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset["tool"] === tool)),
    );
    const ink = this.querySelector<HTMLElement>("[data-ink]");
    if (ink) ink.hidden = tool === "blur";
  }

  /** A colour or a thickness: for what is drawn next, and for the line that is chosen now. */
  private ink(button: HTMLElement): void {
    button.parentElement?.querySelectorAll("[aria-pressed]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    if (!this.chosen || this.chosen.tool === "blur") return;
    Object.assign(this.chosen, this.inkNow());
    this.draw();
  }

  private inkNow(): { colour: string; thickness: number } {
    const value = (name: string): string => this.querySelector<HTMLElement>(`[data-${name}][aria-pressed=true]`)?.dataset[name] ?? "";
    return { colour: value("colour"), thickness: Number(value("thickness")) };
  }

  private fresh(from: Point, to: Point): Mark {
    return { tool: this.tool, from, to, line: [from], ...this.inkNow() };
  }

  /** Where the pointer is, as a part of the picture's width and height (0 to 1). */
  private place(event: PointerEvent): Point {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const within = (value: number): number => Math.min(1, Math.max(0, value));
    return { x: within((event.clientX - box.left) / box.width), y: within((event.clientY - box.top) / box.height) };
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.place(event);
    this.canvas?.setPointerCapture(event.pointerId);
    this.drawn = this.fresh(at, at);
    this.chosen = null;
  }

  private go(event: PointerEvent): void {
    if (!this.drawn) return;
    this.drawn.to = this.place(event);
    if (this.drawn.tool === "pen") this.drawn.line.push(this.drawn.to);
    this.draw();
  }

  private end(event: PointerEvent): void {
    this.go(event);
    const mark = this.drawn;
    this.drawn = null;
    const reach = mark ? Math.hypot(mark.to.x - mark.from.x, mark.to.y - mark.from.y) : 0;
    if (mark && (reach > 0.01 || mark.line.length > 3)) this.keep(mark);
    else this.draw();
  }

  private drop(): void {
    this.drawn = null;
    this.draw();
  }

  private add(): void {
    this.keep(this.fresh({ x: 0.4, y: 0.4 }, { x: 0.6, y: 0.6 }));
    this.canvas?.focus();
  }

  private keep(mark: Mark): void {
    if (mark.tool === "pen" && mark.line.length < 2) mark.line.push(mark.to);
    this.marks.push(mark);
    this.chosen = mark;
    this.list();
    this.draw();
    this.tell(`${this.say("added")} ${this.say(mark.tool)}`);
  }

  private undo(): void {
    const mark = this.marks.at(-1);
    if (mark) this.takeAway(mark);
  }

  private takeAway(mark: Mark): void {
    this.marks = this.marks.filter((each) => each !== mark);
    this.chosen = this.marks.at(-1) ?? null;
    this.list();
    this.draw();
    this.tell(`${this.say("undone")} ${this.say(mark.tool)}`);
  }

  private press(event: KeyboardEvent): void {
    const mark = this.chosen;
    const ways: Record<string, Point> = {
      ArrowLeft: { x: -STEP, y: 0 }, ArrowRight: { x: STEP, y: 0 }, ArrowUp: { x: 0, y: -STEP }, ArrowDown: { x: 0, y: STEP },
    };
    const way = ways[event.key];
    if (!mark) return;
    if (way) {
      const moved = event.shiftKey ? [mark.to] : [mark.from, mark.to, ...mark.line.filter((at) => at !== mark.from && at !== mark.to)];
      for (const at of moved) {
        at.x = Math.min(1, Math.max(0, at.x + way.x));
        at.y = Math.min(1, Math.max(0, at.y + way.y));
      }
      this.draw();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.takeAway(mark);
    } else return;
    event.preventDefault();
  }

  private list(): void {
    const list = this.querySelector("[data-marks]");
    const chip = this.querySelector<HTMLTemplateElement>("template[data-chip]")?.content.firstElementChild;
    if (!list || !chip) return;
    list.replaceChildren(
      ...this.marks.map((mark, index) => {
        const item = chip.cloneNode(true) as HTMLElement;
        const choose = item.querySelector<HTMLElement>("[data-pick]");
        const remove = item.querySelector<HTMLElement>("[data-take-away]");
        const name = `${this.say(mark.tool)} ${index + 1}`;
        if (choose) choose.textContent = name;
        choose?.setAttribute("aria-pressed", String(mark === this.chosen));
        choose?.addEventListener("click", () => {
          this.chosen = mark;
          this.list();
          this.draw();
          this.canvas?.focus();
        });
        const said = remove?.querySelector("span");
        if (said) said.textContent = `${this.say("remove")}: ${name}`;
        remove?.addEventListener("click", () => {
          this.takeAway(mark);
          this.canvas?.focus();
        });
        return item;
      }),
    );
    list.querySelector("[aria-pressed=true]")?.closest("li")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.querySelector<HTMLButtonElement>("[data-undo]")?.toggleAttribute("disabled", this.marks.length === 0);
  }

  private draw(): void {
    const canvas = this.canvas;
    const pen = canvas?.getContext("2d");
    if (!canvas || !pen || !this.ground) return;
    pen.drawImage(this.ground, 0, 0);
    const marks = this.drawn ? [...this.marks, this.drawn] : this.marks;
    for (const mark of marks) if (mark.tool === "blur") this.average(pen, mark);
    for (const mark of marks) if (mark.tool !== "blur") this.stroke(pen, mark);
    if (this.chosen) this.frame(pen, this.chosen);
  }

  private box(mark: Mark): { x: number; y: number; width: number; height: number } {
    const { width, height } = this.ground ?? { width: 1, height: 1 };
    const x = Math.floor(Math.min(mark.from.x, mark.to.x) * width);
    const y = Math.floor(Math.min(mark.from.y, mark.to.y) * height);
    const right = Math.ceil(Math.max(mark.from.x, mark.to.x) * width);
    const bottom = Math.ceil(Math.max(mark.from.y, mark.to.y) * height);
    return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
  }

  /** Each block becomes the average of its pixels in the original. */
  private average(pen: CanvasRenderingContext2D, mark: Mark): void {
    const { x, y, width, height } = this.box(mark);
    const data = this.ground?.getContext("2d")?.getImageData(x, y, width, height).data;
    if (!data) return;
    const block = Math.max(8, Math.ceil(Math.max(width, height) / BLOCKS));
    for (let top = 0; top < height; top += block) {
      for (let left = 0; left < width; left += block) {
        const wide = Math.min(block, width - left);
        const high = Math.min(block, height - top);
        const sums = [0, 0, 0];
        for (let row = top; row < top + high; row += 1) {
          for (let column = left; column < left + wide; column += 1) {
            for (let part = 0; part < 3; part += 1) sums[part] = (sums[part] ?? 0) + (data[(row * width + column) * 4 + part] ?? 0);
          }
        }
        const mean = sums.map((sum) => Math.round(sum / (wide * high)));
        pen.fillStyle = `rgb(${mean.join(",")})`;
        pen.fillRect(x + left, y + top, wide, high);
      }
    }
  }

  private stroke(pen: CanvasRenderingContext2D, mark: Mark): void {
    const { width, height } = this.ground ?? { width: 1, height: 1 };
    // Thickness is meant for a picture of 1000 px.
    const thick = (mark.thickness * Math.max(width, height)) / 1000;
    const points = mark.tool === "pen" ? mark.line : [mark.from, mark.to];
    const at = points.map((point) => ({ x: point.x * width, y: point.y * height }));
    pen.lineCap = pen.lineJoin = "round";
    const trace = (colour: string, wide: number): void => {
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      pen.beginPath();
      at.forEach((point, index) => (index ? pen.lineTo(point.x, point.y) : pen.moveTo(point.x, point.y)));
      const [start, tip] = [at[0], at.at(-1)];
      if (mark.tool === "arrow" && start && tip) {
        const angle = Math.atan2(tip.y - start.y, tip.x - start.x);
        for (const turn of [-0.5, 0.5]) {
          pen.moveTo(tip.x, tip.y);
          pen.lineTo(tip.x - Math.cos(angle + turn) * thick * 5, tip.y - Math.sin(angle + turn) * thick * 5);
        }
      }
      pen.stroke();
    };
    // An edge of the other lightness, so that a line stands out on any ground.
    trace(mark.colour === "#111111" ? "#ffffff" : "#111111", thick + Math.max(2, thick / 3));
    trace(mark.colour, thick);
  }

  private frame(pen: CanvasRenderingContext2D, mark: Mark): void {
    const { x, y, width, height } = this.box(mark);
    const thick = Math.max(2, Math.max(this.ground?.width ?? 0, this.ground?.height ?? 0) / 400);
    pen.lineWidth = thick;
    for (const [colour, dash] of [["#ffffff", []], ["#14608f", [thick * 4, thick * 3]]] as const) {
      pen.strokeStyle = colour;
      pen.setLineDash([...dash]);
      pen.strokeRect(x, y, width, height);
    }
    pen.setLineDash([]);
  }
}

customElements.define("photo-editor", PhotoEditor);
