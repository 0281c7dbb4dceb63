/**
 * <tick-keeper data-none data-one data-many> in a form whose checkboxes (name "c") lie in a list that is swapped: what was ticked stays
 * ticked under other filters and on later pages, goes along when the form is sent, and is counted in words. Without this island the
 * ticks of the page that is open are sent.
 */
class TickKeeper extends HTMLElement {
  private readonly kept = new Set<string>();
  private readonly changed = (event: Event): void => {
    const tick = event.target;
    if (!(tick instanceof HTMLInputElement) || tick.name !== "c" || tick.form !== this.form) return;
    if (tick.checked) this.kept.add(tick.value);
    else this.kept.delete(tick.value);
    this.show();
  };
  private readonly swapped = (): void => this.show();

  connectedCallback(): void {
    document.addEventListener("change", this.changed);
    document.addEventListener("htmx:afterSettle", this.swapped);
    // A browser that comes back ticks again what was ticked.
    for (const tick of this.ticks()) if (tick.checked) this.kept.add(tick.value);
    this.show();
  }

  disconnectedCallback(): void {
    document.removeEventListener("change", this.changed);
    document.removeEventListener("htmx:afterSettle", this.swapped);
  }

  private get form(): HTMLFormElement | null {
    return this.closest("form");
  }

  private ticks(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name=c]`)].filter((tick) => tick.form === this.form);
  }

  private show(): void {
    const here = new Set<string>();
    for (const tick of this.ticks()) {
      here.add(tick.value);
      tick.checked = this.kept.has(tick.value);
    }
    for (const input of this.querySelectorAll("input")) input.remove();
    for (const value of this.kept) {
      if (here.has(value)) continue;
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "c";
      input.value = value;
      this.append(input);
    }
    const count = this.kept.size;
    this.dataset["count"] = String(count);
    const words = count === 0 ? this.dataset["none"] : count === 1 ? this.dataset["one"] : this.dataset["many"];
    const place = this.querySelector("p");
    const said = (words ?? "").replace("#", String(count));
    if (place && place.textContent !== said) place.textContent = said;
  }
}

customElements.define("tick-keeper", TickKeeper);

export {};
