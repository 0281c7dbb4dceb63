/**
 * The city's places as marks: tapping one says what it is, and offers to choose it or to begin an improvement there. Marks that
 * would lie on one another or under the pin wait until the map is closer; the list under the map has them all.
 */
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

interface Mark {
  place: Place;
  node: HTMLElement;
}

const HOUSE = "M4 11 12 4l8 7M6 9.500V20h12V9.500M10 20v-6h4v6";
const APART = 42;

export async function markPlaces(view: MapView, url: string): Promise<void> {
  let places: Place[] = [];
  try {
    const answer = await fetch(url);
    if (answer.ok) ({ places } = (await answer.json()) as { places: Place[] });
  } catch {
    return; // the list under the map has them too
  }
  const marks = places.map((place) => ({ place, node: mark(view, place) }));
  const thin = (): void => thinOut(view, marks);
  view.map.on("moveend", thin);
  for (const name of ["place-picked", "map-set", "map-clear"]) view.host.addEventListener(name, () => queueMicrotask(thin));
  thin();
}

function mark(view: MapView, place: Place): HTMLElement {
  const node = button("map__place", "");
  node.append(icon(HOUSE));
  node.setAttribute("aria-label", place.name);
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    open(view, place, node);
  });
  new Marker({ element: node }).setLngLat([place.lon, place.lat]).addTo(view.map);
  return node;
}

function thinOut(view: MapView, marks: Mark[]): void {
  const pin = view.host.querySelector(".map__mark--own")?.getBoundingClientRect();
  const box = view.map.getContainer().getBoundingClientRect();
  const taken = pin ? [{ x: pin.x + pin.width / 2 - box.x, y: pin.y + pin.height * 0.6 - box.y }] : [];
  for (const { place, node } of marks) {
    const here = view.map.project([place.lon, place.lat]);
    const free = taken.every((other) => Math.hypot(other.x - here.x, other.y - here.y) >= APART);
    node.hidden = !free;
    if (free) taken.push(here);
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
      // The pin now stands where the mark was.
      (view.host.querySelector<HTMLElement>(".map__mark--own") ?? from).focus({ preventScroll: true });
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
