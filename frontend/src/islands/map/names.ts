/** Names of areas on plain ground: the largest first, none over another, as many as the view has room for. */
import { Marker, type MapLibreMap } from "maplibre-gl";
import type { Area } from "./ground";
import { element } from "./parts";

const LINE = 17;
const LETTER = 8.2;
const BELOW = 14;

/** `marks` are points with the radius they cover in pixels: no name stands under one. */
export function placeNames(map: MapLibreMap, areas: Area[], marks: { x: number; y: number; r: number }[]): Marker[] {
  const level = map.getZoom() < 10.6 && areas.some((area) => area.level === "district") ? "district" : "";
  const taken: [number, number, number, number][] = marks.map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
  const names: Marker[] = [];
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  for (const area of areas) {
    if (!area.name || (level ? area.level !== level : area.level === "district")) continue;
    const { x, y: middle } = map.project([area.lon, area.lat]);
    const y = middle + BELOW;
    const half = Math.min(70, (area.name.length * LETTER) / 2) + 8;
    const rows = Math.ceil((area.name.length * LETTER) / 140);
    const box: [number, number, number, number] = [x - half, y - (rows * LINE) / 2 - 4, x + half, y + (rows * LINE) / 2 + 4];
    if (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height) continue;
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
    taken.push(box);
    const node = element("div", "map__area");
    node.textContent = area.name;
    node.setAttribute("aria-hidden", "true");
    names.push(new Marker({ element: node, offset: [0, BELOW] }).setLngLat([area.lon, area.lat]).addTo(map));
    if (names.length >= 40) break;
  }
  return names;
}

/** Hide the names of marks that would lie on one another; the marks stand in order, the one with most to show first. */
export function spreadNames(host: HTMLElement): void {
  const kept: DOMRect[] = [];
  for (const name of host.querySelectorAll<HTMLElement>(".map__name")) {
    name.hidden = false;
    const box = name.getBoundingClientRect();
    const lies = kept.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
    name.hidden = lies;
    if (!lies) kept.push(box);
  }
}
