/** The search for a place by its name: a combobox with a list of options, which are reached by keyboard. */

/** Who knows the places, and what becomes of the one that is taken. */
export interface Host {
  ask: (query: string, signal: AbortSignal) => Promise<Document | undefined>;
  take: (option: DOMStringMap) => void;
  /** Says what the list shows anyhow, for those who do not see it. */
  tell: (sentence: string) => void;
  complain: (sentence: string) => void;
  /** The sentence for a search that does not answer. */
  failed: string;
}

// How long somebody pauses before what they typed is looked for, in ms.
const PAUSE = 200;

export class SpotSearch {
  private timer = 0;
  private request: AbortController | undefined;
  private active = -1;

  constructor(private readonly input: HTMLInputElement, private readonly list: HTMLElement, private readonly host: Host) {
    input.addEventListener("input", () => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.search(), PAUSE);
    });
    input.addEventListener("keydown", (event) => this.steer(event));
    input.addEventListener("blur", () => window.setTimeout(() => this.close(), 150));
    list.addEventListener("pointerdown", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (!option) return;
      event.preventDefault();
      this.take(option);
    });
  }

  /** Look for what stands in the field. */
  async search(): Promise<void> {
    this.request?.abort();
    const query = this.input.value.trim();
    if (query.length < 2) return this.close();
    this.request = new AbortController();
    try {
      const answered = (await this.host.ask(query, this.request.signal))?.querySelector("ul");
      if (!answered) throw new Error("no list");
      this.list.replaceChildren(...answered.children);
      this.active = -1;
      this.input.removeAttribute("aria-activedescendant");
      const any = this.list.childElementCount > 0;
      this.open(any);
      if (any) this.host.tell(answered.dataset["said"] ?? "");
      else this.host.complain(answered.dataset["said"] ?? "");
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      this.close();
      this.host.complain(this.host.failed);
    }
  }

  private steer(event: KeyboardEvent): void {
    const options = [...this.list.children] as HTMLElement[];
    if (event.key === "Enter") {
      event.preventDefault();
      const chosen = options[this.active] ?? (options.length === 1 ? options[0] : undefined);
      if (!this.list.hidden && chosen) this.take(chosen);
      else void this.search();
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      if (this.list.hidden) this.open(true);
      this.point(options, event.key === "ArrowDown" ? 1 : -1);
    }
  }

  private point(options: HTMLElement[], step: 1 | -1): void {
    this.active = (this.active + step + options.length + (this.active < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.active)));
    const now = options[this.active];
    if (now) this.input.setAttribute("aria-activedescendant", now.id);
    now?.scrollIntoView({ block: "nearest" });
  }

  private open(isOpen: boolean): void {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  private close(): void {
    this.open(false);
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
  }

  private take(option: HTMLElement): void {
    this.close();
    this.input.value = "";
    this.host.take(option.dataset);
  }
}
