/**
 * <city-map> is cheap until somebody looks at it: maplibre is fetched when the map comes into view, on phones when asked for.
 *
 * data-cells-url    JSON of counts or points for a view: ?bbox=w,s,e,n&zoom=z is added
 * data-areas-url    GeoJSON of the city's areas
 * data-style-url    background style, may be empty or out of reach
 * data-center, data-zoom, data-bounds, data-boundaries, data-attribution
 * pick              a press sets the inputs named by data-lat-input and data-lon-input
 * far               it may show a continent: a map of many cities
 * calm              two fingers or Ctrl move the map, so that the page still scrolls
 * data-t-…          its sentences, in the page's language
 */
import type { MapView } from "./map/view";

class CityMap extends HTMLElement {
  private view: MapView | undefined;
  private watcher: IntersectionObserver | undefined;

  connectedCallback(): void {
    if (this.view) return;
    this.querySelector(".map__ask")?.addEventListener("click", (event) => {
      if ((event.target as Element).closest("button")) void this.wake();
    });
    if (window.matchMedia("(max-width: 900px)").matches && !this.hasAttribute("eager")) return;
    this.querySelector<HTMLElement>(".map__ask button")?.setAttribute("hidden", "");
    this.watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void this.wake();
    });
    this.watcher.observe(this);
  }

  disconnectedCallback(): void {
    this.watcher?.disconnect();
    this.view?.remove();
    this.view = undefined;
  }

  private async wake(): Promise<void> {
    this.watcher?.disconnect();
    if (this.hasAttribute("open")) return;
    this.setAttribute("open", "");
    try {
      const { openMap } = await import("./map/open");
      this.view = openMap(this);
    } catch (error) {
      console.warn("The map cannot be shown.", error);
      const ask = this.querySelector(".map__ask");
      if (ask) ask.textContent = this.dataset["tBroken"] ?? "";
      return;
    }
    this.querySelector(".map__ask")?.remove();
  }
}

customElements.define("city-map", CityMap);
