/** A line or an area that somebody drew, on top of whatever ground there is. */
import type { GeoJSONSource, MapLibreMap } from "maplibre-gl";
import { colour } from "./ground";

export type Corner = [number, number];
export type Drawn = GeoJSON.Point | GeoJSON.LineString | GeoJSON.Polygon | null;

export function drawShape(map: MapLibreMap, shape: Drawn): void {
  const data: GeoJSON.FeatureCollection = {
    type: "FeatureCollection",
    features: shape && shape.type !== "Point" ? [{ type: "Feature", properties: {}, geometry: shape }] : [],
  };
  const source = map.getSource<GeoJSONSource>("drawn");
  if (source) {
    source.setData(data);
    return;
  }
  map.addSource("drawn", { type: "geojson", data });
  const areas = ["==", ["geometry-type"], "Polygon"] as never;
  map.addLayer({ id: "drawn-fill", type: "fill", source: "drawn", filter: areas, paint: { "fill-color": colour("now"), "fill-opacity": 0.18 } });
  map.addLayer({
    id: "drawn-edge",
    type: "line",
    source: "drawn",
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour("paper"), "line-width": 7 },
  });
  map.addLayer({
    id: "drawn-line",
    type: "line",
    source: "drawn",
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour("now"), "line-width": 4 },
  });
}

/** The corners as a shape: one is a point, two a line, and an area needs three. */
export function shaped(tool: "line" | "area", corners: Corner[]): Drawn {
  const [first] = corners;
  if (!first || corners.length < 2) return null;
  if (tool === "area" && corners.length > 2) return { type: "Polygon", coordinates: [[...corners, first]] };
  return { type: "LineString", coordinates: corners };
}

export function cornersOf(shape: Drawn): Corner[] {
  if (shape?.type === "LineString") return shape.coordinates as Corner[];
  if (shape?.type === "Polygon") return (shape.coordinates[0] ?? []).slice(0, -1) as Corner[];
  return [];
}
