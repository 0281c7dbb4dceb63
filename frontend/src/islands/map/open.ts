/** Opens a map with what its markup asks for: choosing a place on it, the city's own places. */
import { pickPlaces } from "./pick";
import { markPlaces } from "./places";
import { MapView } from "./view";

export function openMap(host: HTMLElement): MapView {
  const view = new MapView(host);
  if (host.hasAttribute("pick")) pickPlaces(view);
  if (host.dataset["placesUrl"]) void markPlaces(view, host.dataset["placesUrl"]);
  return view;
}
