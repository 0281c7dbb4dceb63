/**
 * <explore-view> stands in the list and comes with each swap: it brings the map, the live region and the focus in line with it.
 *
 * data-cells-url    where the map asks for its marks under the filters
 * data-view         'map' shows the map on a phone
 * data-said         how many were found, for the live region
 * data-area-steps   JSON: the step (0 to 5) of each area by its key, when areas are coloured by number
 */
let fresh = true;

class ExploreView extends HTMLElement {
  private map: HTMLElement | null = null;

  connectedCallback(): void {
    const frame = this.closest(".exp");
    this.map = frame?.querySelector<HTMLElement>("city-map") ?? null;
    frame?.classList.toggle("exp--map", this.dataset["view"] === "map");
    const map = this.map;
    if (map) {
      map.addEventListener("map-moved", this.moved);
      const changed = map.dataset["cellsUrl"] !== this.dataset["cellsUrl"];
      map.dataset["cellsUrl"] = this.dataset["cellsUrl"];
      map.dataset["areaSteps"] = this.dataset["areaSteps"] ?? "";
      map.dispatchEvent(new Event("areas-changed"));
      if (changed) map.dispatchEvent(new Event("cells-changed"));
      // On a phone the map is fetched when somebody asks for it, and the switch asks.
      if (this.dataset["view"] === "map") queueMicrotask(() => map.querySelector<HTMLButtonElement>(".map__ask button")?.click());
      this.offer(map.dataset["box"] ?? "");
    }
    if (!fresh) this.tell();
    fresh = false;
  }

  disconnectedCallback(): void {
    this.map?.removeEventListener("map-moved", this.moved);
  }

  private tell(): void {
    const said = document.getElementById("explore-said");
    if (said) said.textContent = this.dataset["said"] ?? "";
    // What was pressed may be gone: the reader goes on where the list begins.
    requestAnimationFrame(() => {
      if (document.activeElement && document.activeElement !== document.body) return;
      document.getElementById("found")?.focus({ preventScroll: true });
    });
  }

  private get here(): HTMLFormElement | null {
    return this.closest(".exp")?.querySelector<HTMLFormElement>(".exp__here") ?? null;
  }

  private offer(box: string): void {
    const input = this.here?.elements.namedItem("bbox");
    if (!box || !this.here || !(input instanceof HTMLInputElement)) return;
    this.here.hidden = false;
    if (!input.value) return;
    this.here.dataset["follows"] = "1";
  }

  private readonly moved = (event: Event): void => {
    const box = String((event as CustomEvent<string>).detail);
    const map = this.map;
    if (!map || !box) return;
    const before = map.dataset["box"] ?? "";
    map.dataset["box"] = box;
    this.offer(box);
    const form = this.here;
    const input = form?.elements.namedItem("bbox");
    if (!form || !(input instanceof HTMLInputElement)) return;
    const follows = Boolean(input.value);
    if (!follows) {
      form.addEventListener("submit", () => (input.value = map.dataset["box"] ?? ""), { capture: true, once: true });
      return;
    }
    // The first view of a map is what the address asked for.
    if (!before || before === box) return;
    input.value = box;
    form.setAttribute("hx-replace-url", "true");
    form.requestSubmit();
  };
}

// An address says only what is asked for.
document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event as CustomEvent<{ verb: string; parameters: FormData | Record<string, unknown>; elt: Element }>;
  if (detail.verb !== "get" || !detail.elt.closest(".explore")) return;
  const parameters = detail.parameters as unknown as Record<string, unknown>;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});

customElements.define("explore-view", ExploreView);

export {};
