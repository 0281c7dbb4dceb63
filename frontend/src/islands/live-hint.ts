/**
 * <live-hint data-url data-fields> in a form: asks, when somebody pauses writing, whether their words report a defect or an
 * emergency, and shows what the server says. A hint that was hidden stays away for this visit; without it nothing is lost.
 */
const PAUSE_MS = 700;
const SHORTEST = 8;

class LiveHint extends HTMLElement {
  private timer = 0;
  private asked: AbortController | undefined;
  private last = "";
  private readonly hiddenKinds = new Set<string>();
  private form: HTMLFormElement | null = null;

  private readonly plan = (): void => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), PAUSE_MS);
  };

  connectedCallback(): void {
    this.form = this.closest("form");
    this.form?.addEventListener("input", this.plan);
    this.form?.addEventListener("change", this.plan);
    this.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-hide]")) this.hide();
    });
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.form?.removeEventListener("input", this.plan);
    this.form?.removeEventListener("change", this.plan);
  }

  private hide(): void {
    const kind = this.querySelector<HTMLElement>("[data-hint]")?.dataset["hint"];
    if (kind) this.hiddenKinds.add(kind);
    this.replaceChildren();
    this.form?.querySelector<HTMLElement>("[name=text]")?.focus();
  }

  private async ask(): Promise<void> {
    if (!this.form) return;
    const typed = new FormData(this.form);
    const words = new URLSearchParams();
    for (const name of (this.dataset["fields"] ?? "").split(" ")) {
      const value = typed.get(name);
      if (typeof value === "string" && value) words.set(name, value);
    }
    const token = typed.get("csrfmiddlewaretoken");
    if (`${words.get("title") ?? ""}${words.get("text") ?? ""}`.length < SHORTEST || typeof token !== "string") return;
    if (words.toString() === this.last) return;
    this.last = words.toString();
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const headers = { "X-CSRFToken": token };
      const answer = await fetch(this.dataset["url"] ?? "", { method: "POST", body: words, headers, signal: this.asked.signal });
      if (answer.ok) this.show(await answer.text());
    } catch {
      // Offline, or they wrote on: the next pause asks again.
      this.last = "";
    }
  }

  private show(html: string): void {
    const found = new DOMParser().parseFromString(html, "text/html").querySelector<HTMLElement>("[data-hint]");
    const kind = found?.dataset["hint"] ?? "";
    const shown = this.querySelector<HTMLElement>("[data-hint]")?.dataset["hint"] ?? "";
    // The same hint again would be read out again.
    if (kind === shown) return;
    this.replaceChildren(...(found && !this.hiddenKinds.has(kind) ? [document.importNode(found, true)] : []));
  }
}

customElements.define("live-hint", LiveHint);
