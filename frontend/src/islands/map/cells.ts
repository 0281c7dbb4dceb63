/** Marks that would lie on one another become one, at the middle of what they count. */
import type { MapLibreMap } from "maplibre-gl";

export interface Cell {
  lon: number;
  lat: number;
  n: number;
  number?: number;
  /** What marks it in the list, where it has no number; and a name to stand below the mark, with what is there in words. */
  key?: string;
  name?: string;
  said?: string;
  url?: string;
  title?: string;
}

/** Half the width of a mark in pixels: a little more for many, never so much that it hides its surroundings. */
export function radius(n: number): number {
  return n === 1 ? 10 : Math.round(16 + Math.min(12, Math.log2(n) * 1.6));
}

export function joined(map: MapLibreMap, cells: Cell[]): Cell[] {
  const kept: { cell: Cell; x: number; y: number }[] = [];
  for (const cell of [...cells].sort((a, b) => b.n - a.n)) {
    const { x, y } = map.project([cell.lon, cell.lat]);
    const near = kept.find((other) => Math.hypot(other.x - x, other.y - y) < (radius(other.cell.n) + radius(cell.n)) * 0.9);
    if (!near) {
      kept.push({ cell, x, y });
      continue;
    }
    const n = near.cell.n + cell.n;
    const weight = cell.n / n;
    near.cell = {
      n,
      lon: near.cell.lon + (cell.lon - near.cell.lon) * weight,
      lat: near.cell.lat + (cell.lat - near.cell.lat) * weight,
    };
    near.x += (x - near.x) * weight;
    near.y += (y - near.y) * weight;
  }
  return kept.map((entry) => entry.cell);
}
