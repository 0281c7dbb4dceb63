import { MapLibreMap, Marker, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { areasOf, drawAreas, fetchAreas, fetchStyle, plainGround, type Area } from "./ground";
import { button, element, icon, marker } from "./parts";
import { joined, radius, type Cell } from "./cells";
import { placeNames, spreadNames } from "./names";
import { shadeAreas } from "./numbers";
import { drawShape, type Drawn } from "./shape";

interface Cells {
  cells: Cell[];
  points: boolean;
  capped: boolean;
}

setWorkerUrl(workerUrl);

/** The zoom at which bounds fill a box; maplibre's own `fitBounds` fails on a map that has not drawn yet. */
function zoomFor([west, south, east, north]: number[], box: HTMLElement, least: number, below: number): number {
  if (west === undefined || south === undefined || east === undefined || north === undefined) return 10;
  const mercator = (lat: number): number => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  const wide = (box.clientWidth - 24) / (((east - west) / 360) * 512);
  const high = (box.clientHeight - below - 56) / (((mercator(north) - mercator(south)) / (2 * Math.PI)) * 512);
  return Math.max(least, Math.log2(Math.max(1, Math.min(wide, high))));
}

/** How much of a map beside a list lies below the window's edge until somebody scrolls: what it shows begins above that. */
function belowTheFold(host: HTMLElement): number {
  const pane = host.closest(".exp__pane")?.getBoundingClientRect();
  return pane ? Math.max(0, Math.min(pane.bottom - innerHeight, pane.height / 3)) : 0;
}

export class MapView {
  readonly map: MapLibreMap;
  private markers: Marker[] = [];
  private marks: Cell[] = [];
  private names: Marker[] = [];
  private areas: Area[] = [];
  private shapes: GeoJSON.FeatureCollection | undefined;
  private background = false;
  private ready = false;
  private styled = false;
  private gone = false;
  private request: AbortController | undefined;
  private mark: Marker | undefined;
  private card: HTMLElement | undefined;
  private readonly notes = element("p", "map__notes");
  private readonly live = element("p", "sr");
  private readonly whenDrawn: (() => void)[] = [];

  constructor(readonly host: HTMLElement) {
    const ground = element("div", "map__ground");
    host.prepend(ground);
    const [lon, lat] = this.numbers("center");
    // A map of one city need not show a continent.
    const least = host.hasAttribute("far") ? 3 : 5;
    const below = belowTheFold(host);
    this.map = new MapLibreMap({
      container: ground,
      style: plainGround(),
      center: [lon ?? 10, lat ?? 51],
      zoom: Number(host.dataset["zoom"]) || zoomFor(this.numbers("bounds"), ground, least, below),
      minZoom: least,
      maxZoom: 18,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: host.hasAttribute("calm") || window.matchMedia("(pointer: coarse)").matches,
      locale: {
        "Map.Title": this.text("title"),
        "CooperativeGesturesHandler.WindowsHelpText": this.text("ctrl"),
        "CooperativeGesturesHandler.MacHelpText": this.text("ctrl"),
        "CooperativeGesturesHandler.MobileHelpText": this.text("fingers"),
      },
    });
    this.map.setPadding({ bottom: below });
    this.map.touchZoomRotate.disableRotation();
    this.live.setAttribute("role", "status");
    host.append(this.controls(), this.notes, this.live, this.cross());
    if (host.hasAttribute("locate") && "geolocation" in navigator) host.append(this.locator());
    this.map.on("style.load", () => {
      this.styled = true;
      this.draw();
    });
    this.map.on("moveend", () => this.ready && this.settle());
    host.addEventListener("cells-changed", () => this.ready && void this.fetchCells());
    host.addEventListener("areas-changed", () => this.styled && this.ready && shadeAreas(this.map, host));
    this.map.on("error", (event) => {
      // A background whose tiles cannot be reached is said once; points and areas stay.
      if (this.background && "sourceId" in event && event["sourceId"] !== "areas") this.say(this.text("noBackground"));
    });
    if (host.dataset["drawing"]) this.onDrawn(() => drawShape(this.map, JSON.parse(host.dataset["drawing"] ?? "null") as Drawn));
    if (!host.hasAttribute("pick")) this.listenToList();
    document.addEventListener("theme-changed", this.repaint);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.repaint);
    this.credits();
    void this.load();
  }

  remove(): void {
    document.removeEventListener("theme-changed", this.repaint);
    this.request?.abort();
    this.gone = true;
    this.map.remove();
  }

  /** Whether there is ground to draw on: not while a new style loads. */
  get isDrawn(): boolean {
    return this.styled && this.ready && !this.gone;
  }

  /** Call back each time the ground has been drawn anew, since a new style takes all other layers away. */
  onDrawn(callback: () => void): void {
    this.whenDrawn.push(callback);
    if (this.isDrawn) callback();
  }

  /** Say something to those who hear the page. */
  announce(sentence: string): void {
    this.live.textContent = sentence;
  }

  /** One of the sentences that the page gave, in its language. */
  text(name: string): string {
    return this.host.dataset[`t${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? "";
  }

  private numbers(name: string): number[] {
    return (this.host.dataset[name] ?? "").split(",").filter(Boolean).map(Number);
  }

  private readonly repaint = (): void => {
    this.styled = false;
    if (this.background) void this.load();
    else this.map.setStyle(plainGround(), { diff: false });
  };

  /** Areas first, since they name what lies near; the background takes as long as its host needs. */
  private async load(): Promise<void> {
    const styleUrl = this.host.dataset["styleUrl"] ?? "";
    const fetching = fetchStyle(styleUrl);
    this.shapes ??= await fetchAreas(this.host.dataset["areasUrl"] ?? "");
    this.areas = this.shapes ? areasOf(this.shapes) : [];
    this.ready = true;
    this.draw();
    const style = await fetching;
    if (this.gone) return;
    this.background = style !== undefined;
    if (style) {
      this.say(this.host.dataset["attribution"] ?? "");
      this.map.setStyle(style, { diff: false });
    } else if (styleUrl) this.say(this.text("noBackground"));
  }

  private draw(): void {
    if (!this.isDrawn) return;
    drawAreas(this.map, this.shapes, this.background);
    shadeAreas(this.map, this.host);
    for (const callback of this.whenDrawn) callback();
    this.settle();
  }

  private get box(): string {
    const box = this.map.getBounds();
    return [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((x) => x.toFixed(5)).join(",");
  }

  private settle(): void {
    this.host.dispatchEvent(new CustomEvent("map-moved", { detail: this.box }));
    this.name();
    void this.fetchCells();
  }

  private name(): void {
    for (const name of this.names) name.remove();
    const marks = this.marks.map((cell) => ({ ...this.map.project([cell.lon, cell.lat]), r: radius(cell.n) }));
    // A real background brings its own names.
    this.names = this.background ? [] : placeNames(this.map, this.areas, marks);
  }

  private async fetchCells(): Promise<void> {
    const address = this.host.dataset["cellsUrl"];
    if (!address) return;
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(address, location.href);
    url.searchParams.set("bbox", this.box);
    url.searchParams.set("zoom", String(Math.round(this.map.getZoom())));
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()) as Cells);
      else this.say(this.text("noPoints"));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) this.say(this.text("noPoints"));
    }
  }

  private show(found: Cells): void {
    for (const marker of this.markers) marker.remove();
    this.marks = joined(this.map, found.cells);
    this.markers = this.marks.map((cell) => {
      const node = cell.n === 1 && cell.url ? this.pin(cell) : cell.url ? this.town(cell) : this.cluster(cell);
      return new Marker({ element: node }).setLngLat([cell.lon, cell.lat]).addTo(this.map);
    });
    this.name();
    spreadNames(this.host);
    // A mark with its words beside it needs no legend.
    if (this.marks.some((cell) => cell.n > 1 && !cell.said)) this.say(this.text("legend"));
    if (found.capped) this.say(this.text("capped"));
  }

  private cluster(cell: Cell): HTMLElement {
    const size = 2 * radius(cell.n);
    const node = button("map__cell", String(cell.n));
    node.style.width = `${size}px`;
    node.style.height = `${size}px`;
    const near = this.nearest(cell);
    node.setAttribute("aria-label", this.text(near ? "cluster" : "clusterBare").replace("%n", String(cell.n)).replace("%place", near));
    node.addEventListener("click", () => {
      this.map.easeTo({ center: [cell.lon, cell.lat], zoom: Math.min(17, this.map.getZoom() + 2) });
      this.map.getCanvas().focus({ preventScroll: true });
    });
    return node;
  }

  /** Several things in one place that has a page of its own, as a city seen from far. */
  private town(cell: Cell): HTMLElement {
    const node = button("map__cell", String(cell.n));
    node.style.width = node.style.height = `${2 * radius(cell.n)}px`;
    node.setAttribute("aria-label", cell.title ?? "");
    this.lead(node, cell);
    return node;
  }

  private pin(cell: Cell): HTMLElement {
    const node = button("map__pin", "");
    node.setAttribute("aria-label", cell.title || this.text("clusterBare").replace("%n", "1"));
    this.lead(node, cell);
    return node;
  }

  /** A mark that opens its card, and lights what it stands for in the list. */
  private lead(node: HTMLElement, cell: Cell): void {
    const key = cell.key ?? (cell.number === undefined ? undefined : String(cell.number));
    if (key !== undefined) node.dataset["pin"] = key;
    if (cell.name) {
      const name = element("span", "map__name");
      name.textContent = cell.name;
      name.setAttribute("aria-hidden", "true");
      if (cell.said) {
        const said = element("span", "map__said");
        said.textContent = cell.said;
        name.append(said);
      }
      node.append(name);
    }
    node.addEventListener("click", () => this.open(cell, node));
    node.addEventListener("pointerenter", () => this.light(key, true));
    node.addEventListener("pointerleave", () => this.light(key, false));
    node.addEventListener("focus", () => this.light(key, true));
    node.addEventListener("blur", () => this.light(key, false));
  }

  /** The name of the area whose middle is next to a point. */
  nearest(cell: { lon: number; lat: number }): string {
    let [name, best] = ["", Infinity];
    for (const area of this.areas) {
      const far = (area.lon - cell.lon) ** 2 + (area.lat - cell.lat) ** 2;
      if (far < best) [name, best] = [area.name, far];
    }
    return name;
  }

  /** A pin opens a card whose link has the focus. */
  private open(cell: Cell, from: HTMLElement): void {
    const link = element("a", "");
    link.href = cell.url ?? "#";
    const title = element("b", "");
    title.textContent = cell.title ?? "";
    link.append(title);
    const place = element("span", "micro muted");
    place.textContent = this.nearest(cell);
    this.openCard([place, link], from);
  }

  /** Show a card on the map with the focus on its first link or button; Escape closes it and goes back. */
  openCard(content: Node[], from: HTMLElement): HTMLElement {
    this.card?.remove();
    const card = element("div", "map__card");
    card.append(...content);
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      card.remove();
      from.focus();
    });
    this.host.append(card);
    this.card = card;
    card.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
    return card;
  }

  private light(key: string | undefined, on: boolean): void {
    if (key === undefined) return;
    for (const row of document.querySelectorAll(`.cc:is([data-number="${key}"], [data-place="${key}"])`)) row.classList.toggle("is-here", on);
    const pin = this.host.querySelector(`[data-pin="${key}"]`);
    pin?.classList.toggle("is-here", on);
  }

  /** The card under the pointer has its mark lit, or else the one with the focus: a pointer at rest elsewhere takes nothing away. */
  private listenToList(): void {
    let lit: HTMLElement | null = null;
    const cardOf = (target: EventTarget | null): HTMLElement | null =>
      target instanceof Element ? target.closest<HTMLElement>(".cc[data-number]") : null;
    const follow = (event: Event): void => {
      const card = cardOf(event.target) ?? cardOf(document.activeElement);
      if (card === lit) return;
      if (lit) this.dim(lit);
      lit = card;
      if (card) this.point(card);
    };
    document.addEventListener("pointerover", follow);
    document.addEventListener("focusin", follow);
  }

  private point(card: HTMLElement): void {
    const { lon, lat } = card.dataset;
    if (!lon || !lat) return;
    const pin = this.pinOf(card);
    card.classList.add("is-here");
    if (pin) {
      pin.classList.add("is-here");
      return;
    }
    this.mark = marker().setLngLat([Number(lon), Number(lat)]).addTo(this.map);
  }

  /** The mark of a card: its own, or that of the city in which it lies. */
  private pinOf(card: HTMLElement): Element | null {
    const { number, place } = card.dataset;
    return this.host.querySelector(`[data-pin="${number ?? ""}"]`) ?? (place ? this.host.querySelector(`[data-pin="${place}"]`) : null);
  }

  private dim(card: HTMLElement): void {
    card.classList.remove("is-here");
    this.pinOf(card)?.classList.remove("is-here");
    this.mark?.remove();
  }

  private controls(): HTMLElement {
    const box = element("div", "map__ctl");
    const nearer = button("", "");
    nearer.setAttribute("aria-label", this.text("nearer"));
    nearer.append(icon("M12 5v14M5 12h14"));
    nearer.addEventListener("click", () => this.map.zoomIn());
    const further = button("", "");
    further.setAttribute("aria-label", this.text("further"));
    further.append(icon("M5 12h14"));
    further.addEventListener("click", () => this.map.zoomOut());
    box.append(nearer, further);
    return box;
  }

  private locator(): HTMLElement {
    const box = element("div", "map__top");
    const here = button("chip", this.text("locate"));
    here.prepend(icon("M12 21c-5-5.5-7-8.5-7-11.5a7 7 0 0 1 14 0c0 3-2 6-7 11.5ZM12 12a2.500 2.500 0 1 0 0-5a2.500 2.500 0 0 0 0 5"));
    here.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        (place) => this.map.easeTo({ center: [place.coords.longitude, place.coords.latitude], zoom: 15 }),
        () => this.say(this.text("noLocation")),
      );
    });
    box.append(here);
    return box;
  }

  private cross(): HTMLElement {
    const node = element("div", "map__cross");
    node.append(icon("M12 3v18M3 12h18"));
    return node;
  }

  private credits(): void {
    if (this.host.dataset["boundaries"] === "schematic") this.say(this.text("schematic"));
  }

  /** Write a sentence under the map, once. */
  say(sentence: string): void {
    if (!sentence || [...this.notes.children].some((child) => child.textContent === sentence)) return;
    const line = element("span", "");
    line.textContent = sentence;
    this.notes.append(line);
  }
}
