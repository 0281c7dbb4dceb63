/** The document of a board as docs/boards.md fixes it: roots, things and their plain copies for the views. */
import * as Y from "yjs";

export const ROOTS = ["cards", "groups", "lines", "strokes", "dots"] as const;
export type Root = (typeof ROOTS)[number];

export const COLOURS = ["yellow", "green", "blue", "red", "white"] as const;
export type Colour = (typeof COLOURS)[number];

export const MOST = { text: 500, title: 120, label: 60, points: 2_000, far: 50_000 } as const;

export type Card = {
  id: string; text: string; by: string; colour: Colour; x: number; y: number; group: string; region: string;
  picture: string; number: number; fields: Record<string, string>; gone: boolean;
  /** Lies in one's own drawer: nobody else sees it yet. */
  own: boolean;
};
export type Group = { id: string; title: string; by: string; colour: Colour; x: number; y: number; w: number; h: number; proposed: boolean; gone: boolean };
export type Line = { id: string; from: string; to: string; label: string; by: string; gone: boolean };
export type Stroke = { id: string; points: string; colour: Colour; width: number; by: string; gone: boolean };
export type Dot = { id: string; on: string; by: string };

export type Region = { key: string; title: string; question: string; x: number; y: number; w: number; h: number; colour: string; holds: number };
export type Canvas = { title?: string; size: [number, number]; regions: Region[] };

export type Reach = "none" | "own" | "all";
export type Charter = {
  write: Reach; move: Reach; group: boolean; name_groups: boolean; connect: boolean; draw: boolean; colour: boolean; remove: Reach;
  pictures: boolean; dots: number; drawer: "none" | "cards" | "dots"; fields: string[]; fill: Reach; limit: number;
};

/** Nothing may be changed: what holds until the server has said what may. */
export const READ_ONLY: Charter = {
  write: "none", move: "none", group: false, name_groups: false, connect: false, draw: false, colour: false, remove: "none",
  pictures: false, dots: 0, drawer: "none", fields: [], fill: "own", limit: 0,
};

/** All that the engine can do, as on a try-it board. */
export const FREE: Charter = {
  write: "all", move: "all", group: true, name_groups: true, connect: true, draw: true, colour: true, remove: "all",
  pictures: false, dots: 3, drawer: "none", fields: [], fill: "all", limit: 10_000,
};

/** Name and colour of who sits there, as the server's SEAT_COLOURS name it. */
export type Seat = [name: string, colour: string];
type Thing = Y.Map<unknown>;

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new id of 12 letters, random. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}

export function rootOf(doc: Y.Doc, root: Root): Y.Map<Thing> {
  return doc.getMap<Thing>(root);
}

const text = (value: unknown): string => (value instanceof Y.Text ? value.toString() : typeof value === "string" ? value : "");
const number = (value: unknown, otherwise = 0): number => (typeof value === "number" && Number.isFinite(value) ? value : otherwise);
const colour = (value: unknown, otherwise: Colour): Colour => COLOURS.find((known) => known === value) ?? otherwise;

export const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
/** A place on the board: whole units, within what the server takes. */
export const place = (value: number): number => Math.round(within(value, -MOST.far, MOST.far) * 100) / 100;

export function readCard(id: string, thing: Thing, own: boolean): Card {
  const fields = thing.get("fields");
  const pairs = fields instanceof Y.Map ? [...fields.entries()] : Object.entries((fields as object | undefined) ?? {});
  return {
    id, own,
    text: text(thing.get("text")), by: text(thing.get("by")), colour: colour(thing.get("colour"), "yellow"),
    x: number(thing.get("x")), y: number(thing.get("y")), group: text(thing.get("group")), region: text(thing.get("region")),
    picture: text(thing.get("picture")), number: number(thing.get("number")),
    fields: Object.fromEntries(pairs.map(([name, value]) => [name, text(value)])), gone: thing.get("gone") === true,
  };
}

export function readGroup(id: string, thing: Thing): Group {
  return {
    id, title: text(thing.get("title")), by: text(thing.get("by")), colour: colour(thing.get("colour"), "white"),
    x: number(thing.get("x")), y: number(thing.get("y")), w: number(thing.get("w"), 396), h: number(thing.get("h"), 208),
    proposed: thing.get("proposed") === true, gone: thing.get("gone") === true,
  };
}

export function readLine(id: string, thing: Thing): Line {
  return { id, from: text(thing.get("from")), to: text(thing.get("to")), label: text(thing.get("label")), by: text(thing.get("by")), gone: thing.get("gone") === true };
}

export function readStroke(id: string, thing: Thing): Stroke {
  return {
    id, points: text(thing.get("points")), colour: colour(thing.get("colour"), "blue"), width: number(thing.get("width"), 4),
    by: text(thing.get("by")), gone: thing.get("gone") === true,
  };
}

export function readDot(id: string, thing: Thing): Dot {
  return { id, on: text(thing.get("on")), by: text(thing.get("by")) };
}
