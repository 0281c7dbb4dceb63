/**
 * Choosing a place on the map. A press (or Enter in its middle) sets the pin, arrow keys on the pin move it, and a line or an
 * area is drawn corner by corner. The map only says what happened; <place-finder> puts it into words and into the form.
 *
 * says   place-picked { lat, lon } · place-drawn { shape, lat, lon } · place-corner { count, tool }
 * hears  map-set { lat, lon } · map-clear · map-shape { shape } · map-tool { tool } · map-do { what: corner, undo, finish }
 */
import { Marker } from "maplibre-gl";
import { button, icon, PIN } from "./parts";
import { cornersOf, drawShape, shaped, type Corner, type Drawn } from "./shape";
import type { MapView } from "./view";

const MOST_CORNERS = 500;
const STEP = 12;

export function pickPlaces(view: MapView): void {
  const { map, host } = view;
  let pin: Marker | undefined;
  let tool: "" | "line" | "area" = "";
  let corners: Corner[] = [];
  let dots: Marker[] = [];
  let shape: Drawn = null;

  const tell = (name: string, detail: object): void => {
    host.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  };

  const place = (lon: number, lat: number, focus = false): void => {
    const node = pin?.getElement() ?? pinButton();
    pin ??= new Marker({ element: node, anchor: "bottom" }).setLngLat([lon, lat]).addTo(map);
    pin.setLngLat([lon, lat]);
    if (focus) node.focus({ preventScroll: true });
  };

  const choose = (lon: number, lat: number): void => {
    place(lon, lat);
    tell("place-picked", { lat, lon });
  };

  const pinButton = (): HTMLButtonElement => {
    const node = button("map__mark map__mark--own", "");
    node.append(icon(PIN));
    node.setAttribute("aria-label", view.text("pin"));
    node.addEventListener("click", (event) => event.stopPropagation());
    node.addEventListener("keydown", (event) => {
      const way = ({ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] } as Record<string, Corner>)[event.key];
      if (!way || !pin) return;
      event.preventDefault();
      event.stopPropagation();
      const far = STEP * (event.shiftKey ? 5 : 1);
      const { x, y } = map.project(pin.getLngLat());
      const to = map.unproject([x + way[0] * far, y + way[1] * far]);
      choose(to.lng, to.lat);
      const { clientWidth, clientHeight } = map.getContainer();
      if (x < 40 || y < 60 || x > clientWidth - 40 || y > clientHeight - 40) map.jumpTo({ center: to });
    });
    return node;
  };

  const redraw = (): void => {
    for (const dot of dots) dot.remove();
    dots = tool
      ? corners.map((corner) => {
          const node = document.createElement("div");
          node.className = "map__corner";
          return new Marker({ element: node }).setLngLat(corner).addTo(map);
        })
      : [];
    if (view.isDrawn) drawShape(map, tool ? shaped(tool, corners) : shape);
  };

  const corner = (lon: number, lat: number): void => {
    if (corners.length >= MOST_CORNERS) return;
    corners.push([Number(lon.toFixed(6)), Number(lat.toFixed(6))]);
    redraw();
    tell("place-corner", { count: corners.length, tool });
  };

  const finish = (): void => {
    shape = tool ? shaped(tool, corners) : shape;
    tool = "";
    host.removeAttribute("drawing");
    map.doubleClickZoom.enable();
    redraw();
    if (shape) tell("place-drawn", { shape, ...middle(cornersOf(shape)) });
  };

  /** With `draws` the place stays where it is: a press means a corner, or nothing. */
  const press = (lon: number, lat: number): void => {
    if (tool) corner(lon, lat);
    else if (!host.hasAttribute("draws")) choose(lon, lat);
  };

  map.on("click", (event) => press(event.lngLat.lng, event.lngLat.lat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const centre = map.getCenter();
    press(centre.lng, centre.lat);
  });
  view.onDrawn(redraw);

  host.addEventListener("map-set", (event) => {
    const { lat, lon } = (event as CustomEvent<{ lat: number; lon: number }>).detail;
    place(lon, lat);
    map.jumpTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 14.5) });
  });
  host.addEventListener("map-clear", () => {
    pin?.remove();
    pin = undefined;
    tool = "";
    corners = [];
    shape = null;
    host.removeAttribute("drawing");
    redraw();
  });
  host.addEventListener("map-shape", (event) => {
    shape = (event as CustomEvent<{ shape: Drawn }>).detail.shape;
    redraw();
  });
  host.addEventListener("map-tool", (event) => {
    tool = (event as CustomEvent<{ tool: typeof tool }>).detail.tool;
    corners = [];
    host.toggleAttribute("drawing", tool !== "");
    if (tool) {
      map.doubleClickZoom.disable();
      map.getCanvas().focus({ preventScroll: true });
    } else map.doubleClickZoom.enable();
    redraw();
  });
  host.addEventListener("map-do", (event) => {
    const { what } = (event as CustomEvent<{ what: string }>).detail;
    if (what === "finish") return finish();
    if (what === "undo") {
      corners.pop();
      redraw();
      return tell("place-corner", { count: corners.length, tool });
    }
    const centre = map.getCenter();
    corner(centre.lng, centre.lat);
  });
  host.dispatchEvent(new CustomEvent("map-ready", { bubbles: true }));
}

/** A corner next to the middle of all: it surely belongs to what was drawn. */
function middle(corners: Corner[]): { lon: number; lat: number } {
  const [lon, lat] = [0, 1].map((at) => corners.reduce((sum, each) => sum + (each[at] ?? 0), 0) / corners.length) as Corner;
  const far = (each: Corner): number => (each[0] - lon) ** 2 + (each[1] - lat) ** 2;
  const [best] = [...corners].sort((a, b) => far(a) - far(b));
  return best ? { lon: best[0], lat: best[1] } : { lon, lat };
}
