/**
 * What one can do to a board, as plain data: written into a document here and only here. A deed can be done again on a fresh document
 * when the server refused another one.
 */
import * as Y from "yjs";
import { type Card, type Colour, MOST, place, type Root, rootOf } from "./schema";
import { rewrite } from "./texts";

export type Move = { id: string; x: number; y: number; group: string; region: string };

export type Deed =
  | { do: "card"; id: string; text: string; colour: Colour; x: number; y: number; group: string; region: string; picture: string; fields: Record<string, string>; own: boolean }
  | { do: "text"; id: string; text: string }
  | { do: "field"; id: string; name: string; value: string }
  | { do: "colour"; id: string; colour: Colour }
  | { do: "picture"; id: string; picture: string }
  | { do: "move"; moves: Move[] }
  | { do: "group"; id: string; title: string; colour: Colour; x: number; y: number; w: number; h: number; moves: Move[] }
  | { do: "title"; id: string; title: string }
  | { do: "size"; id: string; x: number; y: number; w: number; h: number }
  | { do: "take"; id: string }
  | { do: "ungroup"; id: string; moves: Move[] }
  | { do: "line"; id: string; from: string; to: string; label: string }
  | { do: "label"; id: string; label: string }
  | { do: "stroke"; id: string; points: string; colour: Colour; width: number }
  | { do: "dot"; id: string; on: string; own: boolean }
  | { do: "undot"; id: string }
  /** Something was taken back or done again by Yjs. It is known only so that it reaches the server: by itself it does nothing. */
  | { do: "undo"; id: string; own: boolean }
  | { do: "gone"; root: "cards" | "groups" | "lines" | "strokes"; ids: string[]; gone: boolean };

/** The origin of a transaction that was made by hand here. */
export class Own {
  constructor(readonly deed: Deed) {}
}

/** The words in a deed that somebody typed, for copying when it could not be kept. */
export function typedIn(deed: Deed): string {
  if (deed.do === "card" || deed.do === "text") return deed.text;
  if (deed.do === "group" || deed.do === "title") return deed.title;
  if (deed.do === "line" || deed.do === "label") return deed.label;
  return deed.do === "field" ? deed.value : "";
}

/** What no text needs and the server refuses: control characters, and those that turn the direction of a text round unseen. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;
const typed = (text: string, most: number): string => text.replace(UNSEEN, "").slice(0, most);

type Documents = { board: Y.Doc; drawer: Y.Doc };
type Thing = Y.Map<unknown>;

function thing(values: Record<string, unknown>): Thing {
  const made = new Y.Map<unknown>();
  for (const [name, value] of Object.entries(values)) made.set(name, value);
  return made;
}

/** Does a deed; the author is the alias of one's seat. What is not there any more is passed over. */
export function perform({ board, drawer }: Documents, by: string, deed: Deed): void {
  const isOwn = "own" in deed && deed.own;
  const find = (root: "cards" | "groups" | "lines" | "strokes", id: string): Thing | undefined =>
    rootOf(board, root).get(id) ?? rootOf(drawer, root).get(id);
  const move = ({ id, x, y, group, region }: Move): void => {
    const card = find("cards", id);
    if (!card) return;
    const wanted: Partial<Card> = { x: place(x), y: place(y), group, region };
    for (const [name, value] of Object.entries(wanted)) if (card.get(name) !== value) card.set(name, value);
  };
  const isThere = (root: Root, id: string): boolean => rootOf(board, root).has(id) || rootOf(drawer, root).has(id);
  const write = (): void => {
    switch (deed.do) {
      case "card":
        if (isThere("cards", deed.id)) return; // done again, though the server had it
        rootOf(isOwn ? drawer : board, "cards").set(deed.id, thing({
          text: new Y.Text(typed(deed.text, MOST.text)), by, colour: deed.colour, x: place(deed.x), y: place(deed.y), group: deed.group,
          region: deed.region, picture: deed.picture, number: 0, fields: thing(Object.fromEntries(Object.entries(deed.fields).map(([name, value]) => [name, typed(value, MOST.title)]))), gone: false,
        }));
        return;
      case "text": return rewriteIn(find("cards", deed.id), "text", deed.text, MOST.text);
      case "title": return rewriteIn(find("groups", deed.id), "title", deed.title, MOST.title);
      case "field": {
        const fields = find("cards", deed.id)?.get("fields");
        const value = typed(deed.value, MOST.title);
        if (fields instanceof Y.Map) fields.set(deed.name, value);
        else find("cards", deed.id)?.set("fields", thing({ ...(fields as object | undefined), [deed.name]: value }));
        return;
      }
      case "colour": return void (find("cards", deed.id) ?? find("groups", deed.id))?.set("colour", deed.colour);
      case "picture": return void find("cards", deed.id)?.set("picture", deed.picture);
      case "move": return deed.moves.forEach(move);
      case "group":
        if (isThere("groups", deed.id)) return deed.moves.forEach(move);
        rootOf(board, "groups").set(deed.id, thing({
          title: new Y.Text(typed(deed.title, MOST.title)), by, colour: deed.colour, x: place(deed.x), y: place(deed.y), w: place(deed.w),
          h: place(deed.h), proposed: false, gone: false,
        }));
        return deed.moves.forEach(move);
      case "size": {
        const group = find("groups", deed.id);
        for (const side of ["x", "y", "w", "h"] as const) if (group && group.get(side) !== deed[side]) group.set(side, place(deed[side]));
        return;
      }
      case "take": return void find("groups", deed.id)?.set("proposed", false);
      case "ungroup":
        deed.moves.forEach(move);
        return void find("groups", deed.id)?.set("gone", true);
      case "line": return void (isThere("lines", deed.id) || rootOf(board, "lines").set(deed.id, thing({ from: deed.from, to: deed.to, label: typed(deed.label, MOST.label), by, gone: false })));
      case "label": return void find("lines", deed.id)?.set("label", typed(deed.label, MOST.label));
      case "stroke": return void (isThere("strokes", deed.id) || rootOf(board, "strokes").set(deed.id, thing({ points: deed.points, colour: deed.colour, width: deed.width, by, gone: false })));
      case "dot": return void (isThere("dots", deed.id) || rootOf(isOwn ? drawer : board, "dots").set(deed.id, thing({ on: deed.on, by })));
      case "undot": return [board, drawer].forEach((doc) => rootOf(doc, "dots").delete(deed.id));
      case "undo": return;
      case "gone": return deed.ids.forEach((id) => void find(deed.root, id)?.set("gone", deed.gone));
    }
  };
  // Both documents in one go; the one that a deed does not touch makes no update.
  const origin = new Own(deed);
  board.transact(() => drawer.transact(write, origin), origin);
}

function rewriteIn(owner: Thing | undefined, name: string, wanted: string, most: number): void {
  const text = owner?.get(name);
  if (text instanceof Y.Text) rewrite(text, typed(wanted, most));
  else owner?.set(name, new Y.Text(typed(wanted, most)));
}
