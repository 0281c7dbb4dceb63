/** The city's places as marks: tapping one says what it is, and offers to choose it or to begin an improvement there. */
import { Marker } from "maplibre-gl";
import { button, element, icon } from "./parts";
import type { MapView } from "./view";

interface Place {
  key: string;
  name: string;
  lat: number;
  lon: number;
  address: string;
  hours: string;
  services: { key: string; name: string }[];
}

const HOUSE = "M4 11 12 4l8 7M6 9.500V20h12V9.500M10 20v-6h4v6";

export async function markPlaces(view: MapView, url: string): Promise<void> {
  try {
    const answer = await fetch(url);
    if (!answer.ok) return;
    const { places } = (await answer.json()) as { places: Place[] };
    for (const place of places) {
      const node = button("map__place", "");
      node.append(icon(HOUSE));
      node.setAttribute("aria-label", place.name);
      node.addEventListener("click", (event) => {
        event.stopPropagation();
        open(view, place, node);
      });
      new Marker({ element: node }).setLngLat([place.lon, place.lat]).addTo(view.map);
    }
  } catch {
    /* the list under the map has them too */
  }
}

function open(view: MapView, place: Place, from: HTMLElement): void {
  const name = element("b", "");
  name.textContent = place.name;
  const about = element("span", "micro muted");
  about.textContent = [place.address, place.hours].filter(Boolean).join(" · ");
  const choices = element("div", "map__choices");
  const offer = (label: string, detail: object): void => {
    const node = button("kern-btn kern-btn--secondary", label);
    node.addEventListener("click", () => {
      view.host.dispatchEvent(new CustomEvent("place-mark", { bubbles: true, detail: { ...place, ...detail } }));
      card.remove();
      from.focus({ preventScroll: true });
    });
    choices.append(node);
  };
  offer(view.text("here"), { improve: false });
  if (place.services.length === 0) offer(view.text("improve"), { improve: true, service: "" });
  for (const service of place.services) {
    offer(view.text("improveService").replace("%s", service.name), { improve: true, service: service.key });
  }
  const card = view.openCard([name, about, choices], from);
}
