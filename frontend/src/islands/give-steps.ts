/**
 * <give-steps> round the give form: one step at a time, with the way back, and on the last one how it will look. Without it the
 * form is one page. The step is the address's hash, so that the browser's own way back goes a step back; the hash of a
 * field (#id_title) opens the step that has it.
 */
class GiveSteps extends HTMLElement {
  private steps: HTMLElement[] = [];
  private at = 0;
  private asked = 0;

  connectedCallback(): void {
    // The form may come after this element while the page still streams in.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    else this.start();
  }

  disconnectedCallback(): void {
    window.removeEventListener("hashchange", this.follow);
  }

  private find<T extends HTMLElement = HTMLElement>(name: string): T | null {
    return this.querySelector<T>(`[data-give-${name}]`);
  }

  private start(): void {
    this.steps = [...this.querySelectorAll<HTMLElement>("[data-step]")];
    if (this.steps.length < 2) return;
    this.toggleAttribute("data-on", true);
    const way = this.find("way");
    if (way) way.hidden = false;
    // Sent with the step's hash, the next page would inherit it.
    const form = this.querySelector("form");
    if (form) form.action = location.pathname + location.search;
    const plain = this.find("plain");
    if (plain) plain.hidden = true;
    this.find("next")?.addEventListener("click", () => this.forward());
    this.find("back")?.addEventListener("click", () => this.go(this.at - 1));
    this.addEventListener("keydown", this.stay);
    window.addEventListener("hashchange", this.follow);
    this.steps.at(-1)?.addEventListener("change", () => void this.look());
    const refused = this.refused;
    const faulty = this.steps.findIndex((step) => step.querySelector(".has-error, .error"));
    // What was refused as a whole is sent again from where it was sent.
    const wrong = faulty < 0 && refused ? this.steps.length - 1 : faulty;
    if (wrong >= 0) this.name(this.steps[wrong]?.id ?? "");
    this.show(wrong >= 0 ? wrong : Math.max(0, this.stepOf(location.hash)));
    refused?.focus();
    // Whoever comes in the middle, by a reload, has the first step to go back to.
    this.openNamed(location.hash);
  }

  /** Put a step into the address. Not before the page is whole: a browser would scroll there, past the summary of what is wrong. */
  private name(id: string): void {
    const put = () => history.replaceState(null, "", `#${id}`);
    if (document.readyState === "complete") put();
    else addEventListener("load", () => requestAnimationFrame(put), { once: true });
  }

  /** The summary above a form that came back. */
  private get refused(): HTMLElement | null {
    return this.querySelector<HTMLElement>("#errors");
  }

  private stepOf(hash: string): number {
    const named = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
    return named ? this.steps.findIndex((step) => step.contains(named)) : -1;
  }

  private readonly follow = (): void => {
    const step = location.hash ? this.stepOf(location.hash) : 0;
    if (step < 0) return;
    this.show(step);
    if (!this.openNamed(location.hash)) this.greet();
  };

  /** Put the focus on the field that the hash names. */
  private openNamed(hash: string): boolean {
    const named = /^#(id_|alt-)/.test(hash) ? document.getElementById(hash.slice(1)) : null;
    if (!named || !this.contains(named)) return false;
    const field = named.matches("input, textarea, select") && !named.hidden ? named : named.parentElement?.querySelector<HTMLElement>("input:not([type=hidden])");
    (field ?? named).focus();
    return true;
  }

  private greet(): void {
    this.steps[this.at]?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
    this.querySelector("form")?.scrollIntoView({ block: "start" });
  }

  private go(step: number): void {
    const id = this.steps[step]?.id;
    if (!id) return;
    if (location.hash === `#${id}`) this.follow();
    else location.hash = id;
  }

  private forward(): void {
    const missing = this.complain();
    if (missing) missing.focus();
    else this.go(this.at + 1);
  }

  private show(step: number): void {
    this.at = step;
    const last = this.steps.length - 1;
    this.steps.forEach((each, index) => (each.hidden = index !== step));
    this.querySelectorAll<HTMLElement>("[data-give-way] a").forEach((link, index) => {
      if (index === step) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
      link.parentElement?.classList.toggle("is-done", index < step);
    });
    const shown: [string, boolean][] = [["back", step > 0], ["next", step < last], ["send", step === last], ["public", step === last]];
    for (const [name, visible] of shown) {
      const element = this.find(name);
      if (element) element.hidden = !visible;
    }
    if (step === last) void this.look();
  }

  /** Enter in a line of text goes on; only on the last step it sends. */
  private readonly stay = (event: KeyboardEvent): void => {
    const field = event.target;
    if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || !(field instanceof HTMLInputElement)) return;
    if (this.at === this.steps.length - 1 || ["button", "submit", "file"].includes(field.type)) return;
    event.preventDefault();
    this.forward();
  };

  /** Say what this step still needs, beside the field; gives the first such field. */
  private complain(): HTMLElement | null {
    let first: HTMLElement | null = null;
    const fields = this.steps[this.at]?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-needed]") ?? [];
    for (const field of fields) {
      const id = `${field.id}-error`;
      const known = document.getElementById(id);
      const missing = !field.value.trim();
      const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
      if (missing) {
        if (!known) {
          const note = document.createElement("div");
          note.className = "error";
          note.id = id;
          note.dataset["ours"] = "";
          const sign = this.querySelector<HTMLTemplateElement>("[data-error-sign]")?.content.cloneNode(true);
          const words = document.createElement("span");
          words.textContent = field.dataset["needed"] ?? "";
          note.append(...(sign ? [sign] : []), words);
          field.before(note);
        }
        field.closest(".field")?.classList.add("has-error");
        field.setAttribute("aria-invalid", "true");
        field.setAttribute("aria-describedby", [...described, id].join(" "));
        first ??= field;
      } else if (known?.dataset["ours"] !== undefined) {
        known.remove();
        field.removeAttribute("aria-invalid");
        field.setAttribute("aria-describedby", described.join(" "));
        field.closest(".field")?.classList.remove("has-error");
      }
    }
    return first;
  }

  /** Ask the server how it will look; it keeps nothing of this. */
  private async look(): Promise<void> {
    const form = this.querySelector("form");
    const place = this.find("look");
    if (!form || !place) return;
    const asked = ++this.asked;
    place.hidden = false;
    place.setAttribute("aria-busy", "true");
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    typed.set("preview", "1");
    let html: string | null = null;
    let reached = false;
    try {
      const answer = await fetch(location.pathname + location.search, { method: "POST", body: typed, headers: { "X-Part": "preview" } });
      reached = true;
      if (answer.ok) html = await answer.text();
    } catch {
      /* no network: said below */
    }
    if (asked !== this.asked) return;
    if (html === null && reached) {
      place.replaceChildren(); // closed meanwhile, say: sending tells
    } else if (html === null) {
      const said = document.createElement("p");
      said.className = "hint";
      said.textContent = this.dataset["lost"] ?? "";
      place.replaceChildren(said);
    } else {
      const template = document.createElement("template");
      template.innerHTML = html;
      if (this.refused) template.content.querySelector("[data-faults]")?.remove(); // said above already
      place.replaceChildren(template.content);
    }
    place.removeAttribute("aria-busy");
  }
}

customElements.define("give-steps", GiveSteps);
