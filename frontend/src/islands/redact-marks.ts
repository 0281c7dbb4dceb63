/**
 * <redact-marks> round the form: words are marked by clicking, by drawing over a passage, or by keyboard. What is marked goes with
 * the form as hidden fields `span` (name:from-to), counted in characters as the server counts them.
 */
type Span = { start: number; end: number };

const isBlank = (sign: string | undefined): boolean => sign !== undefined && /[^\S\n]/u.test(sign);

class Part {
  private signs: string[];
  private black: boolean[];
  private words: Span[] = [];
  private proposed: Span[] = [];
  private boxes: { box: HTMLInputElement; span: Span }[] = [];
  private fields = document.createElement("div");
  private current = 0;
  private wasDrawn = false;

  constructor(
    root: HTMLElement,
    private text: HTMLElement,
    private name: string,
    private told: () => void,
  ) {
    this.signs = Array.from(text.textContent ?? "");
    this.black = this.signs.map(() => false);
    const found = this.signs.join("").matchAll(/\S+/gu);
    for (const match of found) {
      const start = Array.from(match.input.slice(0, match.index)).length;
      this.words.push({ start, end: start + Array.from(match[0]).length });
    }
    root.querySelectorAll<HTMLInputElement>("input[name=span]").forEach((box) => this.take(box));
    root.append(this.fields);
    text.setAttribute("role", "listbox");
    text.setAttribute("aria-multiselectable", "true");
    text.setAttribute("aria-labelledby", `part-${name}`);
    text.tabIndex = 0;
    text.addEventListener("keydown", (event) => this.press(event));
    text.addEventListener("pointerup", () => this.drawOver());
    text.addEventListener("click", (event) => this.click(event));
    this.show();
  }

  get count(): number {
    return this.runs().length;
  }

  private take(box: HTMLInputElement): void {
    const [, from = "0", to = "0"] = /:(\d+)-(\d+)$/.exec(box.value) ?? [];
    const span = { start: Number(from), end: Number(to) };
    if (box.checked) this.paint(span, true);
    const byHand = box.closest("[data-by-hand]");
    if (byHand) {
      byHand.remove();
      return;
    }
    box.removeAttribute("name"); // what is marked goes as hidden fields
    this.proposed.push(span);
    this.boxes.push({ box, span });
    box.addEventListener("change", () => {
      this.paint(span, box.checked);
      this.show();
    });
  }

  private paint(span: Span, black: boolean): void {
    this.black.fill(black, span.start, span.end);
  }

  private isBlack(span: Span): boolean {
    return this.black.slice(span.start, span.end).every(Boolean);
  }

  /** Marked passages; those with nothing but blanks between them are one. */
  private runs(): Span[] {
    const found: Span[] = [];
    for (let at = 0; at < this.black.length; at += 1) {
      if (!this.black[at]) continue;
      const start = at;
      while (this.black[at]) at += 1;
      const last = found.at(-1);
      if (last && this.signs.slice(last.end, start).every(isBlank)) last.end = at;
      else found.push({ start, end: at });
    }
    return found;
  }

  private toggle(index: number): void {
    const word = this.words[index];
    if (!word) return;
    const span = this.proposed.find((each) => each.start < word.end && word.start < each.end) ?? word;
    const marked = this.runs().find((run) => run.start < span.end && span.start < run.end);
    if (marked) this.paint(marked, false);
    else this.paint(span === word ? this.bare(word) : span, true);
  }

  /** A word without the stops, quotation marks and brackets at its ends. */
  private bare(word: Span): Span {
    let { start, end } = word;
    const isSign = (at: number): boolean => !/[\p{L}\p{N}@+]/u.test(this.signs[at] ?? "");
    while (start < end && isSign(start)) start += 1;
    while (start < end && isSign(end - 1)) end -= 1;
    return start < end ? { start, end } : word;
  }

  private show(): void {
    const id = (index: number): string => `w-${this.name}-${index}`;
    const parts: Node[] = [];
    const runs = this.runs();
    const black = this.black.map((_, at) => runs.some((run) => run.start <= at && at < run.end));
    let at = 0;
    const between = (from: number, to: number): Node => {
      const blanks = document.createTextNode(this.signs.slice(from, to).join(""));
      if (!black[from] || from === to) return blanks;
      const bar = document.createElement("b");
      bar.setAttribute("role", "presentation");
      bar.append(blanks);
      return bar;
    };
    this.words.forEach((word, index) => {
      parts.push(between(at, word.start));
      const option = document.createElement("span");
      option.id = id(index);
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(black.slice(word.start, word.end).some(Boolean)));
      option.dataset["index"] = String(index);
      if (this.proposed.some((each) => each.start < word.end && word.start < each.end)) option.classList.add("is-proposed");
      if (index === this.current) option.classList.add("is-current");
      for (let from = word.start; from < word.end; ) {
        let to = from;
        while (to < word.end && black[to] === black[from]) to += 1;
        const piece = document.createElement(black[from] ? "b" : "span");
        piece.textContent = this.signs.slice(from, to).join("");
        option.append(piece);
        from = to;
      }
      parts.push(option);
      at = word.end;
    });
    parts.push(between(at, this.signs.length));
    this.text.replaceChildren(...parts);
    if (this.words.length) this.text.setAttribute("aria-activedescendant", id(this.current));
    this.fields.replaceChildren(
      ...runs.map((run) => {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = "span";
        field.value = `${this.name}:${run.start}-${run.end}`;
        return field;
      }),
    );
    for (const { box, span } of this.boxes) box.checked = this.isBlack(span);
    this.told();
  }

  private click(event: MouseEvent): void {
    if (this.wasDrawn) {
      this.wasDrawn = false;
      return;
    }
    const index = (event.target as HTMLElement).closest<HTMLElement>("[data-index]")?.dataset["index"];
    if (index === undefined) return;
    this.current = Number(index);
    this.toggle(this.current);
    this.show();
  }

  /** What was selected with the mouse, without blanks at its ends. */
  private drawOver(): void {
    const chosen = document.getSelection();
    const range = chosen && !chosen.isCollapsed ? chosen.getRangeAt(0) : null;
    if (!range || !this.text.contains(range.startContainer) || !this.text.contains(range.endContainer)) return;
    const before = document.createRange();
    before.setStart(this.text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    let start = Array.from(before.toString()).length;
    let end = start + Array.from(range.toString()).length;
    while (start < end && /\s/u.test(this.signs[start] ?? "")) start += 1;
    while (start < end && /\s/u.test(this.signs[end - 1] ?? "")) end -= 1;
    chosen?.removeAllRanges();
    if (start === end) return;
    this.paint({ start, end }, true);
    this.wasDrawn = true;
    window.setTimeout(() => (this.wasDrawn = false));
    this.show();
  }

  private press(event: KeyboardEvent): void {
    const before = this.current;
    if (event.key === " " || event.key === "Enter") this.toggle(before);
    else {
      const next = this.next(event.key);
      if (next === null) return;
      this.current = next;
      if (event.shiftKey) {
        const [from, to] = [Math.min(before, next), Math.max(before, next)];
        const [first, last] = [this.words[from], this.words[to]];
        if (first && last) this.paint({ start: this.bare(first).start, end: this.bare(last).end }, true);
      }
    }
    event.preventDefault();
    this.show();
    this.text.querySelector(".is-current")?.scrollIntoView({ block: "nearest" });
  }

  private next(key: string): number | null {
    const last = this.words.length - 1;
    if (key === "ArrowRight") return Math.min(last, this.current + 1);
    if (key === "ArrowLeft") return Math.max(0, this.current - 1);
    if (key === "Home") return 0;
    if (key === "End") return last;
    if (key !== "ArrowDown" && key !== "ArrowUp") return null;
    // The nearest word of the line below or above.
    const options = [...this.text.querySelectorAll<HTMLElement>("[role=option]")].map((each) => each.getBoundingClientRect());
    const here = options[this.current];
    if (!here) return null;
    const way = key === "ArrowDown" ? 1 : -1;
    const lines = options.map((box, index) => ({ box, index })).filter(({ box }) => (box.top - here.top) * way > here.height / 2);
    const closest = Math.min(...lines.map(({ box }) => Math.abs(box.top - here.top)));
    const line = lines.filter(({ box }) => Math.abs(Math.abs(box.top - here.top) - closest) < here.height / 2);
    line.sort((one, other) => Math.abs(one.box.left - here.left) - Math.abs(other.box.left - here.left));
    return line[0]?.index ?? this.current;
  }
}

export class RedactMarks extends HTMLElement {
  private parts: Part[] = [];

  connectedCallback(): void {
    if (this.parts.length) return;
    this.querySelectorAll<HTMLElement>("[data-part]").forEach((root) => {
      const text = root.querySelector<HTMLElement>("[data-text]");
      if (text) this.parts.push(new Part(root, text, root.dataset["part"] ?? "", () => this.tell()));
    });
    this.querySelector<HTMLElement>(".redaction__plain")?.toggleAttribute("hidden", true);
    this.querySelector<HTMLElement>(".redaction__how")?.toggleAttribute("hidden", false);
    this.classList.add("is-awake");
    this.tell();
  }

  private tell(): void {
    const said = this.querySelector<HTMLElement>("[data-count]");
    const count = this.parts.reduce((sum, part) => sum + part.count, 0);
    const words = said?.dataset[count === 0 ? "none" : count === 1 ? "one" : "many"] ?? "";
    if (said) said.textContent = words.replace("#", String(count));
  }
}

customElements.define("redact-marks", RedactMarks);
