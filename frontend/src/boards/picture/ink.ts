/** Lines between things and what was drawn by hand, as SVG over the board. */
import type { Rect } from "../layout";
import type { Session } from "../session";
import { middleOf } from "./things";

const SVG = "http://www.w3.org/2000/svg";

type Point = { x: number; y: number };

function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, name: string): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  made.setAttribute("class", name);
  return made;
}

/** Where the line from the middle of a rectangle to a point leaves it. */
export function edge(rect: Rect, to: Point): Point {
  const from = middleOf(rect);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (!dx && !dy) return from;
  const part = Math.min(dx ? rect.w / 2 / Math.abs(dx) : Infinity, dy ? rect.h / 2 / Math.abs(dy) : Infinity);
  return { x: from.x + dx * part, y: from.y + dy * part };
}

/** A gentle curve between two things. */
export function curve(a: Point, b: Point): string {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const isFlat = Math.abs(dx) > Math.abs(dy);
  const [c, d] = isFlat ? [{ x: a.x + dx / 2, y: a.y }, { x: b.x - dx / 2, y: b.y }] : [{ x: a.x, y: a.y + dy / 2 }, { x: b.x, y: b.y - dy / 2 }];
  return `M${a.x} ${a.y}C${c.x} ${c.y} ${d.x} ${d.y} ${b.x} ${b.y}`;
}

/** A drawn line through its points, smooth by halving: `x,y x,y …` as a path. */
export function smooth(points: string): string {
  const at = points.split(" ").map((pair) => pair.split(",").map(Number) as [number, number]).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const [first, ...rest] = at;
  if (!first) return "";
  if (!rest.length) return `M${first[0]} ${first[1]}l.01 0`;
  let path = `M${first[0]} ${first[1]}`;
  rest.forEach(([x, y], index) => {
    const next = rest[index + 1];
    path += next ? `Q${x} ${y} ${(x + next[0]) / 2} ${(y + next[1]) / 2}` : `L${x} ${y}`;
  });
  return path;
}

export class Ink {
  /** Lines lie below the cards; their words and what was drawn by hand above, so that one can circle a card. */
  readonly layer = svg("svg", "ink");
  readonly upper = svg("svg", "ink");
  private readonly labels = new Map<string, SVGTextElement>();
  private readonly lines = new Map<string, SVGGElement>();
  private readonly strokes = new Map<string, SVGPathElement>();
  private readonly drawn = new Map<string, string>();
  private readonly trace = svg("path", "ink__trace");

  constructor(private readonly session: Session) {
    for (const layer of [this.layer, this.upper]) layer.setAttribute("aria-hidden", "true");
    const marker = svg("marker", "");
    for (const [name, value] of Object.entries({ id: "bd-tip", viewBox: "0 0 10 10", refX: "8.5", refY: "5", markerWidth: "9", markerHeight: "9", orient: "auto", markerUnits: "userSpaceOnUse" })) marker.setAttribute(name, value);
    const tip = svg("path", "ink__tip");
    tip.setAttribute("d", "M1 1 9 5 1 9");
    marker.append(tip);
    const defs = svg("defs", "");
    defs.append(marker);
    this.layer.append(defs);
    this.upper.append(this.trace);
  }

  /** What is being drawn or connected just now; '' for nothing. */
  show(path: string, colour = ""): void {
    this.trace.setAttribute("d", path);
    this.trace.setAttribute("class", `ink__trace ${colour && `ink--${colour}`}`);
  }

  update(): void {
    const { model, layout } = this.session;
    for (const id of this.lines.keys()) if (!model.lines.has(id)) this.drop(id);
    for (const line of model.lines.values()) {
      const [from, to] = [line.from, line.to].map((id) => layout.cards.get(id) ?? layout.groups.get(id));
      if (line.gone || !from || !to) {
        this.drop(line.id);
        continue;
      }
      const made = this.lines.get(line.id) ?? this.makeLine(line.id);
      const [a, b] = [edge(from, middleOf(to)), edge(to, middleOf(from))];
      const path = curve(a, b);
      const text = this.labels.get(line.id)!;
      for (const part of made.querySelectorAll("path")) if (part.getAttribute("d") !== path) part.setAttribute("d", path);
      text.setAttribute("x", String((a.x + b.x) / 2));
      text.setAttribute("y", String((a.y + b.y) / 2 - 8));
      if (text.textContent !== line.label) text.textContent = line.label;
      made.classList.toggle("is-here", this.session.chosen === line.id);
    }
    for (const [id, stroke] of this.strokes) if (!model.strokes.has(id) || model.strokes.get(id)?.gone) (stroke.remove(), this.strokes.delete(id), this.drawn.delete(id));
    for (const stroke of model.strokes.values()) {
      if (stroke.gone) continue;
      let made = this.strokes.get(stroke.id);
      if (!made) {
        made = svg("path", "ink__stroke");
        made.dataset["stroke"] = stroke.id;
        this.strokes.set(stroke.id, made);
        this.upper.append(made);
      }
      if (this.drawn.get(stroke.id) !== stroke.points) {
        made.setAttribute("d", smooth(stroke.points));
        this.drawn.set(stroke.id, stroke.points);
      }
      made.setAttribute("class", `ink__stroke ink--${stroke.colour}${this.session.chosen === stroke.id ? " is-here" : ""}`);
      made.setAttribute("stroke-width", String(stroke.width));
    }
  }

  private drop(id: string): void {
    this.lines.get(id)?.remove();
    this.lines.delete(id);
    this.labels.get(id)?.remove();
    this.labels.delete(id);
  }

  private makeLine(id: string): SVGGElement {
    const made = svg("g", "ink__line");
    made.dataset["line"] = id;
    const wide = svg("path", "ink__hit");
    const path = svg("path", "ink__path");
    path.setAttribute("marker-end", "url(#bd-tip)");
    const label = svg("text", "ink__label");
    made.append(wide, path);
    this.layer.append(made);
    this.upper.append(label);
    this.labels.set(id, label);
    this.lines.set(id, made);
    return made;
  }
}
