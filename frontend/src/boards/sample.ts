/** A board of samples, in memory: what a try-it board begins with. */
import * as Y from "yjs";
import { type Colour, newId, rootOf } from "./schema";

export type Sample = {
  groups?: { id: string; title: string; colour?: Colour; x: number; y: number; w?: number; h?: number; proposed?: boolean }[];
  cards?: { id?: string; text: string; by?: string; colour?: Colour; x?: number; y?: number; group?: string; region?: string; dots?: number; picture?: string; fields?: Record<string, string> }[];
  lines?: { from: string; to: string; label?: string }[];
  strokes?: { points: string; colour?: Colour; width?: number }[];
};

function thing(values: Record<string, unknown>): Y.Map<unknown> {
  return new Y.Map(Object.entries(values));
}

/** Writes the sample into an empty document; nobody can take it back by undoing. */
export function fillSample(doc: Y.Doc, sample: Sample): void {
  doc.transact(() => {
    for (const { id, title, colour = "white", x, y, w = 396, h = 208, proposed = false } of sample.groups ?? []) {
      rootOf(doc, "groups").set(id, thing({ title: new Y.Text(title), by: "", colour, x, y, w, h, proposed, gone: false }));
    }
    (sample.cards ?? []).forEach(({ id = newId(), text, by = "", colour = "yellow", x = 0, y = 0, group = "", region = "", dots = 0, picture = "", fields = {} }, index) => {
      rootOf(doc, "cards").set(id, thing({
        text: new Y.Text(text), by, colour, x: group ? index * 16 : x, y: group ? 0 : y, group, region, picture, number: 0,
        fields: thing(fields), gone: false,
      }));
      for (let count = 0; count < dots; count++) rootOf(doc, "dots").set(newId(), thing({ on: id, by: "" }));
    });
    for (const { from, to, label = "" } of sample.lines ?? []) rootOf(doc, "lines").set(newId(), thing({ from, to, label, by: "", gone: false }));
    for (const { points, colour = "blue", width = 4 } of sample.strokes ?? []) {
      rootOf(doc, "strokes").set(newId(), thing({ points, colour, width, by: "", gone: false }));
    }
  });
}
