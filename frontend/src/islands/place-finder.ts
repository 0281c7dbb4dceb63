/**
 * <place-finder> round the form's part about the place: a search whose options are reached by keyboard, one's own position, the
 * map, and the chosen place in words. Without it the same form searches by its own button.
 *
 * mends       only what is drawn changes, the place stays: on the page on which authors mend
 * data-url    answers ?q= with options and ?lat=&lon= with a point in words
 * data-t-…    its sentences: denied, unavailable, timeout, insecure, seeking, failed, chosen, on-map, removed, draw, corner, line, area
 */
import type { Drawn } from "./map/shape";
import { SpotSearch } from "./place/spot-search";

interface Spot {
  lat: number;
  lon: number;
}

class PlaceFinder extends HTMLElement {
  private timer = 0;
  private ownWords = "";
  private tool = "";

  connectedCallback(): void {
    // What stands inside may still stream in.
    queueMicrotask(() => this.wake());
  }

  private wake(): void {
    this.classList.add("is-awake");
    this.setUpSearch();
    this.setUpPosition();
    this.setUpMap();
    this.querySelectorAll<HTMLElement>("[data-plain]").forEach((part) => (part.hidden = true));
    this.one("[data-remove]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.takeAway();
    });
    this.field("area")?.addEventListener("change", (event) => {
      if (!event.isTrusted) return;
      const area = this.areaName();
      this.setPoint(undefined);
      this.show(area);
    });
    for (const link of this.querySelectorAll<HTMLButtonElement>("button[name=here]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const { lat, lon } = link.dataset;
        if (lat && lon) this.choose({ lat: Number(lat), lon: Number(lon) }, link.dataset["name"] ?? "");
      });
    }
  }

  private one(selector: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(selector);
  }

  private field(name: string): HTMLInputElement | HTMLSelectElement | null {
    return this.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${name}"]`);
  }

  private text(name: string): string {
    return this.dataset[`t${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? "";
  }

  private say(sentence: string, faulty = false): void {
    const line = this.one("[data-said]");
    if (!line) return;
    line.textContent = sentence;
    line.classList.remove("sr");
    line.classList.toggle("is-faulty", faulty);
  }

  /** What the page shows anyhow, for those who do not see it. */
  private tell(sentence: string): void {
    this.say(sentence);
    this.one("[data-said]")?.classList.add("sr");
  }

  private get map(): HTMLElement | null {
    return this.one("city-map");
  }

  private tellMap(name: string, detail: object = {}): void {
    this.map?.dispatchEvent(new CustomEvent(name, { detail }));
  }

  private setUpSearch(): void {
    const input = this.one("[role=combobox]");
    const list = this.one("[role=listbox]");
    if (!(input instanceof HTMLInputElement) || !list) return;
    const search = new SpotSearch(input, list, {
      ask: (query, signal) => this.fragment(`q=${encodeURIComponent(query)}`, signal),
      take: (option) => this.take(option),
      tell: (sentence) => this.tell(sentence),
      complain: (sentence) => this.say(sentence, true),
      failed: this.text("failed"),
    });
    this.one("button[name=find]")?.addEventListener("click", (event) => {
      event.preventDefault();
      input.focus();
      void search.search();
    });
  }

  private take({ sort, key, name = "", lat, lon }: DOMStringMap): void {
    if (lat && lon) {
      void this.choose({ lat: Number(lat), lon: Number(lon) }, name);
      return;
    }
    this.setPoint(undefined);
    const area = this.field("area");
    if (sort === "area" && area && key) {
      area.value = key;
      area.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.show(name);
    this.tell(this.text("chosen").replace("%s", name));
  }

  private async fragment(query: string, signal?: AbortSignal): Promise<Document | undefined> {
    const answer = await fetch(`${this.dataset["url"] ?? ""}?${query}`, signal ? { signal } : {});
    if (!answer.ok) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  /* A chosen point: in the form, on the map, in words. */

  private async choose(spot: Spot, name = ""): Promise<void> {
    this.keepShape(null);
    this.tellMap("map-shape", { shape: null });
    this.tellMap("map-set", spot);
    if (!(await this.describe(spot))) return;
    this.nameIt(name);
  }

  /** Put a point into words; false, with a sentence, when it lies outside the city. */
  private async describe(spot: Spot): Promise<boolean> {
    this.setPoint(spot);
    let words = "";
    try {
      const said = (await this.fragment(`lat=${spot.lat}&lon=${spot.lon}`))?.querySelector("p");
      words = said?.textContent?.trim() ?? "";
      if (said && "outside" in said.dataset) {
        this.setPoint(undefined);
        this.tellMap("map-clear");
        this.show("");
        this.say(words, true);
        return false;
      }
      const area = this.field("area");
      if (area && said?.dataset["area"]) area.value = said.dataset["area"];
    } catch {
      words = this.text("onMap");
    }
    this.show(words);
    this.tell(this.text("chosen").replace("%s", words));
    return true;
  }

  private setPoint(spot: Spot | undefined): void {
    for (const name of ["lat", "lon"] as const) {
      const field = this.field(name);
      if (!field) continue;
      field.value = spot ? spot[name].toFixed(6) : "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (spot) return;
    this.tellMap("map-clear");
    this.keepShape(null);
  }

  /** The name of what was found goes into the words, unless somebody wrote their own. */
  private nameIt(name: string): void {
    const words = this.field("place_name");
    if (!words || (words.value && words.value !== this.ownWords)) return;
    words.value = name;
    this.ownWords = name;
    words.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private show(words: string): void {
    const box = this.one("[data-chosen]");
    const line = this.one("[data-words]");
    if (!box || !line) return;
    line.textContent = words;
    box.hidden = !words;
  }

  private takeAway(): void {
    this.setPoint(undefined);
    this.nameIt("");
    const area = this.field("area");
    if (area) area.value = "";
    this.show("");
    this.say(this.text("removed"));
    const next = ["[role=combobox]", "[data-tools]:not([hidden]) [data-tool]", ".map__ask button"].map((part) => this.one(part)).find(Boolean);
    next?.focus();
  }

  private areaName(): string {
    const area = this.field("area");
    return area instanceof HTMLSelectElement && area.value ? (area.selectedOptions[0]?.textContent?.trim() ?? "") : "";
  }

  /* One's own position. */

  private setUpPosition(): void {
    const here = this.one("[data-locate]") as HTMLButtonElement | null;
    if (!here) return;
    here.hidden = false;
    here.addEventListener("click", () => {
      if (!window.isSecureContext || !("geolocation" in navigator)) return this.say(this.text("insecure"), true);
      this.say(this.text("seeking"));
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => void this.choose({ lat: coords.latitude, lon: coords.longitude }),
        ({ code }) => this.say(this.text(code === 1 ? "denied" : code === 3 ? "timeout" : "unavailable"), true),
        { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
      );
    });
  }

  /* The map, and drawing on it. */

  private setUpMap(): void {
    this.addEventListener("map-ready", () => {
      const [lat, lon] = [Number(this.field("lat")?.value), Number(this.field("lon")?.value)];
      if (this.field("lat")?.value && this.field("lon")?.value) this.tellMap("map-set", { lat, lon });
      const kept = this.field("drawing")?.value;
      if (kept) this.tellMap("map-shape", { shape: JSON.parse(kept) as Drawn });
      const tools = this.one("[data-tools]");
      if (tools) tools.hidden = false;
    });
    this.addEventListener("place-picked", (event) => {
      const spot = (event as CustomEvent<Spot>).detail;
      window.clearTimeout(this.timer);
      this.setPoint(spot);
      this.keepShape(null);
      this.tellMap("map-shape", { shape: null });
      this.timer = window.setTimeout(() => void this.describe(spot).then((inside) => inside && this.nameIt("")), 250);
    });
    this.addEventListener("place-mark", (event) => {
      const place = (event as CustomEvent<Spot & { name: string; improve: boolean; service: string }>).detail;
      void this.choose(place, place.name);
      if (place.improve) this.improve(place.service);
    });
    this.addEventListener("place-corner", (event) => {
      const { count } = (event as CustomEvent<{ count: number }>).detail;
      this.say(this.text("corner").replace("%n", String(count)));
      this.enable(count);
    });
    this.addEventListener("place-drawn", (event) => {
      const { shape, ...spot } = (event as CustomEvent<Spot & { shape: Drawn }>).detail;
      this.endDrawing();
      if (!this.hasAttribute("mends")) this.tellMap("map-set", spot);
      void this.describe(spot).then((inside) => {
        if (inside) this.keepShape(shape);
      });
    });
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-tool]")) {
      button.addEventListener("click", () => this.beginDrawing(button.dataset["tool"] ?? ""));
    }
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-do]")) {
      button.addEventListener("click", () => this.draw(button.dataset["do"] ?? ""));
    }
  }

  private beginDrawing(tool: string): void {
    this.tool = tool;
    if (this.hasAttribute("mends")) this.tellMap("map-clear"); // what was drawn before stays until something else is finished
    else {
      this.setPoint(undefined);
      this.show("");
    }
    this.tellMap("map-tool", { tool });
    const steps = this.one("[data-steps]");
    if (steps) steps.hidden = false;
    this.enable(0);
    this.press();
    this.say(this.text("draw"));
    this.map?.scrollIntoView({ block: "nearest" });
  }

  private draw(what: string): void {
    if (what === "stop") {
      this.tellMap("map-clear");
      this.keepShape(null);
      this.show("");
      this.endDrawing();
      this.say(this.text("removed"));
    } else this.tellMap("map-do", { what });
  }

  private endDrawing(): void {
    const back = this.one(`[data-tool="${this.tool}"]`);
    this.tool = "";
    const steps = this.one("[data-steps]");
    const inside = steps?.contains(document.activeElement);
    if (steps) steps.hidden = true;
    if (inside) back?.focus();
    this.press();
  }

  private press(): void {
    for (const button of this.querySelectorAll<HTMLElement>("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset["tool"] === this.tool));
    }
  }

  private enable(count: number): void {
    const finish = this.one("[data-do=finish]") as HTMLButtonElement | null;
    const undo = this.one("[data-do=undo]") as HTMLButtonElement | null;
    if (finish) finish.disabled = count < (this.tool === "area" ? 3 : 2);
    if (undo) undo.disabled = count === 0;
  }

  private keepShape(shape: Drawn): void {
    const field = this.field("drawing");
    if (field) field.value = shape ? JSON.stringify(shape) : "";
    const line = this.one("[data-drawn]");
    if (!line) return;
    line.textContent = shape ? this.text(shape.type === "Polygon" ? "area" : "line") : "";
  }

  /** An improvement of what people meet at a place: the form's kind and service follow. */
  private improve(service: string): void {
    const form = this.closest("form");
    const kind = form?.querySelector<HTMLInputElement>("[name=kind][value=improvement]");
    if (kind) {
      kind.checked = true;
      kind.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const choice = form?.querySelector<HTMLSelectElement>("select[name=service]");
    if (choice && service) {
      choice.value = service;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

customElements.define("place-finder", PlaceFinder);
