import { Marker } from "maplibre-gl";

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (name) node.className = name;
  return node;
}

export function button(name: string, label: string): HTMLButtonElement {
  const node = element("button", name);
  node.type = "button";
  if (label) node.append(label);
  return node;
}

export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const PIN = "M12 22c-5-5.8-8-9-8-12.500a8 8 0 0 1 16 0c0 3.500-3 6.700-8 12.500Z";

export function marker(): Marker {
  const node = element("div", "map__mark");
  node.append(icon(PIN));
  return new Marker({ element: node, anchor: "bottom" });
}
