/**
 * <service-search> round a field with a select: a search field with a list (the pattern of an ARIA combobox). The select stays as what
 * is sent; without this element it is what is seen.
 */
interface Offer {
  value: string;
  label: string;
  words: string;
}

const MOST = 8;

class ServiceSearch extends HTMLElement {
  private select!: HTMLSelectElement;
  private input!: HTMLInputElement;
  private list!: HTMLUListElement;
  private status!: HTMLElement;
  private offers: Offer[] = [];
  private shown: Offer[] = [];
  private active = -1;

  connectedCallback(): void {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    else this.start();
  }

  private start(): void {
    const select = this.querySelector("select");
    const wrapper = select?.parentElement;
    if (!select || !wrapper || this.input) return;
    this.select = select;
    this.offers = [...select.options].filter((option) => option.value).map((option) => ({ value: option.value, label: option.text, words: plain(option.text) }));
    const input = document.createElement("input");
    const listId = `${select.id}-list`;
    input.id = `${select.id}-search`;
    input.className = "kern-form-input__input";
    input.type = "text";
    input.autocomplete = "off";
    input.placeholder = select.options[0]?.text ?? "";
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list" })) input.setAttribute(name, value);
    const described = select.getAttribute("aria-describedby");
    if (described) input.setAttribute("aria-describedby", described);
    const list = document.createElement("ul");
    list.id = listId;
    list.className = "offers";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    const label = this.querySelector("label");
    if (label) {
      label.htmlFor = input.id;
      list.setAttribute("aria-label", label.textContent?.trim() ?? "");
    }
    this.status = document.createElement("span");
    this.status.className = "sr";
    this.status.setAttribute("role", "status");
    this.input = input;
    this.list = list;
    wrapper.hidden = true;
    wrapper.after(input, list, this.status);
    this.write();
    select.addEventListener("change", () => this.write());
    input.addEventListener("input", () => this.search());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("click", () => this.search());
    input.addEventListener("blur", () => this.leave());
    // A press on the list must not take the focus from the field.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = (event.target as HTMLElement).closest("[role=option]");
      if (item) this.choose([...list.children].indexOf(item));
    });
  }

  private write(): void {
    this.input.value = this.select.value ? (this.select.selectedOptions[0]?.text ?? "") : "";
  }

  private search(): void {
    const words = plain(this.input.value).split(" ").filter(Boolean);
    const chosen = this.select.value && this.input.value === this.select.selectedOptions[0]?.text;
    this.shown = this.offers.filter((offer) => chosen || words.every((word) => offer.words.includes(word))).slice(0, chosen || !words.length ? undefined : MOST);
    this.active = -1;
    this.list.replaceChildren(
      ...this.shown.map((offer, index) => {
        const item = document.createElement("li");
        item.id = `${this.list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(offer.value === this.select.value));
        item.textContent = offer.label;
        return item;
      }),
    );
    this.open(this.shown.length > 0);
    this.status.textContent = this.shown.length ? (this.dataset["found"] ?? "").replace("{count}", String(this.shown.length)) : (this.dataset["none"] ?? "");
  }

  private open(yes: boolean): void {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  private press(event: KeyboardEvent): void {
    const closed = this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (closed) this.search();
      this.mark(event.key === "ArrowDown" ? this.active + 1 : this.active - 1);
    } else if (event.key === "Enter" && !closed && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && !closed) {
      event.preventDefault();
      this.open(false);
    }
  }

  private mark(index: number): void {
    const count = this.shown.length;
    if (!count) return;
    this.active = (index + count) % count;
    [...this.list.children].forEach((item, each) => item.classList.toggle("is-active", each === this.active));
    const item = this.list.children[this.active];
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  }

  private choose(index: number): void {
    this.set(this.shown[index]?.value ?? "");
    this.write();
    this.open(false);
  }

  /** What was typed either is a service's name, or the one service it fits, or nothing. */
  private leave(): void {
    this.open(false);
    const typed = plain(this.input.value);
    if (!typed) this.set("");
    else {
      const found = this.offers.filter((offer) => offer.words === typed);
      const fitting = found.length ? found : this.offers.filter((offer) => typed.split(" ").every((word) => offer.words.includes(word)));
      if (fitting.length === 1) this.set(fitting[0]?.value ?? "");
    }
    this.write();
  }

  private set(value: string): void {
    if (this.select.value === value) return;
    this.select.value = value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

customElements.define("service-search", ServiceSearch);
