/**
 * <work-queue data-claim data-lost data-none data-one data-many> round the editorial desk: single keys for each decision, ticks and
 * the way from item to item. Each page begins where the work is, on the item or on what is wrong with the form, and says what was
 * done before. The item that is open is held for who opened it, so that others see it. The keys rest while somebody writes, and can
 * be switched off for good (WCAG 2.1.4). Without this island the page works by its links and buttons.
 */
const KEYS_OFF = "queue-keys-off";
const HOLD_MS = 120_000;

class WorkQueue extends HTMLElement {
  private timer = 0;
  private readonly whenKey = (event: KeyboardEvent): void => this.press(event);

  connectedCallback(): void {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    else this.start();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.whenKey);
    window.clearInterval(this.timer);
  }

  private start(): void {
    document.addEventListener("keydown", this.whenKey);
    const toggle = this.querySelector<HTMLInputElement>("[data-do=switch]");
    if (toggle) {
      toggle.checked = localStorage.getItem(KEYS_OFF) !== "1";
      toggle.addEventListener("change", () => {
        if (toggle.checked) localStorage.removeItem(KEYS_OFF);
        else localStorage.setItem(KEYS_OFF, "1");
        this.show();
      });
    }
    this.querySelector("[data-do=keys]")?.addEventListener("click", () => this.openKeys());
    this.querySelector("[data-do=take]")?.addEventListener("click", () => void this.hold("yes"));
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "c") this.count();
    });
    this.show();
    this.count();
    this.line()?.scrollIntoView({ block: "nearest" });
    this.arrive();
    if (this.dataset["claim"] && this.classList.contains("is-opened")) {
      void this.hold();
      this.timer = window.setInterval(() => void this.hold(), HOLD_MS);
    }
  }

  /** The keys' names are only shown where they work. */
  private show(): void {
    const on = localStorage.getItem(KEYS_OFF) !== "1";
    this.dataset["keys"] = on ? "on" : "off";
    const list = this.querySelector<HTMLElement>(".wq__keys");
    if (list) list.hidden = false;
  }

  /** Whoever works without a mouse goes on from the item itself, and hears what became of the last one. */
  private arrive(): void {
    if (document.activeElement !== document.body) return;
    const wrong = this.querySelector<HTMLElement>("#item [role=alert]");
    const place = wrong ?? (this.classList.contains("is-opened") ? this.querySelector<HTMLElement>("#item-title") : null);
    if (place) {
      place.tabIndex = -1;
      place.focus({ preventScroll: !wrong });
    }
    const done = document.querySelector(".notes")?.textContent?.trim();
    if (done) window.setTimeout(() => this.say(done), 400);
  }

  private ticks(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>("input[name=c]")];
  }

  /** How many are ticked, on the button that decides about them. */
  private count(): string {
    const ticked = this.ticks().filter((tick) => tick.checked).length;
    const place = this.querySelector<HTMLElement>("[data-count]");
    if (place) {
      place.textContent = String(ticked);
      place.hidden = ticked === 0;
    }
    const words = ticked === 0 ? this.dataset["none"] : ticked === 1 ? this.dataset["one"] : this.dataset["many"];
    return (words ?? "").replace("#", String(ticked));
  }

  private line(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".wq__line.is-here");
  }

  /** Hold the item that is open, or say visibly that somebody else came to it meanwhile; what is typed stays. */
  private async hold(takesOver = ""): Promise<void> {
    const token = this.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
    // Who reads that somebody else is on it takes it over by the button alone.
    if (!token || this.querySelector(".wq__held")) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    if (takesOver) body.set("takes_over", takesOver);
    try {
      const answer = await fetch(this.dataset["claim"] ?? "", { method: "POST", body, headers: { Accept: "application/json" } });
      const said = (await answer.json()) as { said: string; open?: boolean };
      this.tell(answer.ok ? "" : said.said, said.open ?? false);
    } catch {
      // The next turn tries again; a decision says itself if somebody else was quicker.
    }
  }

  /** Who else is on the item, where everybody sees it; '' takes the words away again. */
  private tell(words: string, isOpen: boolean): void {
    const box = this.querySelector<HTMLElement>("[data-held]");
    const place = box?.querySelector<HTMLElement>("[data-held-words]");
    if (!box || !place || place.textContent === words) return;
    const hadFocus = box.contains(document.activeElement);
    place.textContent = words;
    box.hidden = words === "";
    const take = box.querySelector<HTMLElement>("[data-do=take]");
    if (take) take.hidden = !isOpen;
    const look = box.querySelector<HTMLElement>("[data-held-look]");
    if (look) look.hidden = isOpen;
    if (words) this.say(words);
    else if (hadFocus) this.querySelector<HTMLElement>("#item-title")?.focus();
  }

  private say(words: string): void {
    const place = this.querySelector("[data-says]");
    if (place) place.textContent = words;
  }

  private press(event: KeyboardEvent): void {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (event.key === "Escape") return this.close(target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const box = this.querySelector<HTMLDialogElement>("dialog");
    if (box?.open || target?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
    // The list of keys opens also where they are off: there they are switched on again.
    if (event.key === "?") {
      event.preventDefault();
      return this.openKeys();
    }
    if (this.dataset["keys"] !== "on") return;
    const key = event.key.toLowerCase();
    // A key that is held down goes through the list; it decides nothing about the items that come after.
    if (event.repeat && key !== "j" && key !== "k") return;
    if (key === " ") {
      // On a button or tick the space bar does what it always does.
      if (target?.closest("button, input, summary")) return;
      const tick = this.line()?.querySelector<HTMLInputElement>("input[name=c]");
      if (!tick) return;
      event.preventDefault();
      tick.checked = !tick.checked;
      this.say(this.count());
      return;
    }
    if (target?.closest("input[type=radio]")) return;
    if (key === "a") {
      const ticks = this.ticks();
      if (!ticks.length) return;
      event.preventDefault();
      const all = ticks.every((tick) => tick.checked);
      for (const tick of ticks) tick.checked = !all;
      this.say(this.count());
      return;
    }
    if (key === "j" || key === "k") return this.step(event, key === "j" ? 1 : -1);
    if (key === "/") {
      event.preventDefault();
      this.querySelector<HTMLInputElement>("#q")?.focus();
      return;
    }
    const what = /^[a-z]$/.test(key) ? this.querySelector<HTMLElement>(`[data-key="${key}"]`) : null;
    if (!what) return;
    event.preventDefault();
    const details = what.matches("summary") ? what.closest("details") : null;
    if (!details) return what.click();
    details.open = true;
    details.querySelector<HTMLElement>("form :is(input:not([type=hidden]), textarea, select)")?.focus();
  }

  private step(event: KeyboardEvent, by: number): void {
    const links = [...this.querySelectorAll<HTMLAnchorElement>(".wq__link")];
    const here = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    // On the list's first view its first item is only shown, not opened yet.
    const opened = this.classList.contains("is-opened");
    const next = links[here < 0 || !opened ? Math.max(here, 0) : here + by] ?? (by > 0 ? this.querySelector<HTMLAnchorElement>(".wq__more a") : null);
    if (!next) return;
    event.preventDefault();
    next.click();
  }

  private close(target: HTMLElement | null): void {
    const details = target?.closest<HTMLDetailsElement>(":is(.wq__more-do, .wq__filters)[open]");
    // Out of a field, so that the keys work again.
    if (!details) return target?.closest("#q, #view-name") ? target.blur() : undefined;
    details.open = false;
    details.querySelector<HTMLElement>("summary")?.focus();
  }

  private openKeys(): void {
    this.querySelector<HTMLDialogElement>("dialog")?.showModal();
  }
}

customElements.define("work-queue", WorkQueue);

export {};
