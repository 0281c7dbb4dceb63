/** What lies under the points: the city's background where it can be had, else a plain ground, and the areas on top. */
import type { ExpressionSpecification, GeoJSONSource, MapLibreMap, StyleSpecification } from "maplibre-gl";

export interface Area {
  name: string;
  level: string;
  lon: number;
  lat: number;
  size: number;
}

type Ring = [number, number][];

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--cd-${name}`).trim() || "#888";
}

export function plainGround(): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "ground", type: "background", paint: { "background-color": colour("mist") } }],
  };
}

export async function fetchStyle(url: string): Promise<StyleSpecification | undefined> {
  if (!url) return undefined;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(6000) });
    return answer.ok ? ((await answer.json()) as StyleSpecification) : undefined;
  } catch {
    return undefined;
  }
}

export async function fetchAreas(url: string): Promise<GeoJSON.FeatureCollection | undefined> {
  if (!url) return undefined;
  try {
    const answer = await fetch(url);
    return answer.ok ? ((await answer.json()) as GeoJSON.FeatureCollection) : undefined;
  } catch {
    return undefined;
  }
}

/** On a map of countries the one that the house is at home in stands out. */
function land(): ExpressionSpecification {
  return ["case", ["==", ["get", "home"], false], colour("paper"), colour("mist2")];
}

/** Draw the areas: filled on plain ground, outlined on a real background, which is dimmed in the dark theme. */
export function drawAreas(map: MapLibreMap, areas: GeoJSON.FeatureCollection | undefined, onBackground: boolean): void {
  const source = map.getSource<GeoJSONSource>("areas");
  if (source) return;
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  if (onBackground && dark) {
    map.addLayer({ id: "dusk", type: "background", paint: { "background-color": colour("paper"), "background-opacity": 0.55 } });
  }
  if (!areas) return;
  map.addSource("areas", { type: "geojson", data: areas });
  if (!onBackground) {
    map.addLayer({ id: "areas-fill", type: "fill", source: "areas", paint: { "fill-color": land() } });
  }
  map.addLayer({
    id: "areas-line",
    type: "line",
    source: "areas",
    layout: { "line-join": "round" },
    paint: {
      "line-color": onBackground ? colour("harbour") : ["case", ["==", ["get", "home"], false], colour("line"), colour("paper")],
      "line-opacity": onBackground ? 0.35 : 1,
      "line-width": ["case", ["==", ["get", "level"], "district"], onBackground ? 2 : 4, onBackground ? 1 : 1.6],
    },
  });
}

/** Where each area's name may stand: the middle of its largest ring's box, and how large that is. */
export function areasOf(collection: GeoJSON.FeatureCollection): Area[] {
  const found: Area[] = [];
  for (const feature of collection.features) {
    const shape = feature.geometry;
    const rings: Ring[] =
      shape.type === "Polygon"
        ? [shape.coordinates[0] as Ring]
        : shape.type === "MultiPolygon"
          ? shape.coordinates.map((polygon) => polygon[0] as Ring)
          : [];
    let best: Area | undefined;
    for (const ring of rings) {
      const lons = ring.map((point) => point[0]);
      const lats = ring.map((point) => point[1]);
      const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
      const size = (east - west) * (north - south);
      if (!best || size > best.size) {
        best = {
          name: String(feature.properties?.["name"] ?? ""),
          level: String(feature.properties?.["level"] ?? ""),
          ...centroid(ring),
          size,
        };
      }
    }
    if (best) found.push(best);
  }
  return found.sort((a, b) => b.size - a.size);
}

function centroid(ring: Ring): { lon: number; lat: number } {
  let [area, lon, lat] = [0, 0, 0];
  ring.forEach(([x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [x, y];
    const cross = x * nextY - nextX * y;
    area += cross;
    lon += (x + nextX) * cross;
    lat += (y + nextY) * cross;
  });
  const first = ring[0] ?? [0, 0];
  return area ? { lon: lon / (3 * area), lat: lat / (3 * area) } : { lon: first[0], lat: first[1] };
}
