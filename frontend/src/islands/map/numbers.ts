/** Areas coloured by number: five steps from the ground's colour to the city's, so that light and dark themes and all eyes can tell them apart. */
import type { ExpressionSpecification, MapLibreMap } from "maplibre-gl";
import { colour } from "./ground";

/** How much of the city's colour each step has; the style sheet's legend mixes the same. */
const SHARES = [0, 0.16, 0.34, 0.54, 0.76, 1];

function channels(hex: string): number[] {
  const long = /^#([0-9a-f]{3})$/i.test(hex) ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  return [1, 3, 5].map((start) => parseInt(long.slice(start, start + 2), 16) || 0);
}

function mixed(share: number): string {
  const [from, to] = [channels(colour("mist")), channels(colour("harbour"))];
  return `rgb(${from.map((value, index) => Math.round(value + ((to[index] ?? 0) - value) * share)).join(",")})`;
}

/** Fill the areas by the steps in the host's `data-area-steps` (JSON: key to step), or take the filling away. */
export function shadeAreas(map: MapLibreMap, host: HTMLElement): void {
  if (map.getLayer("areas-number")) map.removeLayer("areas-number");
  const given = host.dataset["areaSteps"];
  if (!given || !map.getSource("areas")) return;
  const steps = Object.entries(JSON.parse(given) as Record<string, number>);
  const cases = steps.flatMap(([key, step]) => [key, mixed(SHARES[step] ?? 0)]);
  const fill = cases.length ? (["match", ["get", "key"], ...cases, mixed(0)] as unknown as ExpressionSpecification) : mixed(0);
  map.addLayer(
    { id: "areas-number", type: "fill", source: "areas", paint: { "fill-color": fill, "fill-opacity": 0.82 } },
    map.getLayer("areas-line") ? "areas-line" : undefined,
  );
}
