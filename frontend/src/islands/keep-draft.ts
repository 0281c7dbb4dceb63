/**
 * <keep-draft data-key> round a form: what was typed stays in this browser until it was sent, so that a closed tab or a
 * dead battery loses nothing. A page that shows the sent thing names the key in <keep-draft data-done="key">.
 */
type Draft = Record<string, string>;

const KEEP = "textarea[name], input[type=text][name], input:not([type])[name], select[name]";

class KeepDraft extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    const done = this.dataset["done"];
    if (done) {
      this.forget(done);
      return;
    }
    // The form may come after this element while the page still streams in.
    queueMicrotask(() => this.restore());
    this.addEventListener("input", () => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.save(), 400);
    });
  }

  private get key(): string {
    return `draft:${this.dataset["key"] ?? location.pathname}`;
  }

  private fields(): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
    const all = [...this.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(KEEP)];
    return all.filter((field) => !field.closest(".trap"));
  }

  private restore(): void {
    let draft: Draft = {};
    try {
      draft = JSON.parse(localStorage.getItem(this.key) ?? "{}") as Draft;
    } catch {
      return;
    }
    let any = false;
    for (const field of this.fields()) {
      const kept = draft[field.name];
      if (kept && !field.value) {
        field.value = kept;
        any = true;
      } else if (kept && field.dataset["quoted"] !== undefined && !kept.startsWith(field.value.trim())) {
        field.value += kept; // a quotation goes before what they have written
        any = true;
      }
    }
    const note = this.querySelector<HTMLElement>("[data-restored]");
    if (any && note) note.hidden = false;
  }

  private save(): void {
    const draft: Draft = {};
    for (const field of this.fields()) if (field.value) draft[field.name] = field.value;
    try {
      localStorage.setItem(this.key, JSON.stringify(draft));
    } catch {
      /* a full or closed store: the form itself still has the text */
    }
  }

  private forget(key: string): void {
    try {
      localStorage.removeItem(`draft:${key}`);
    } catch {
      /* nothing was kept */
    }
  }
}

customElements.define("keep-draft", KeepDraft);
