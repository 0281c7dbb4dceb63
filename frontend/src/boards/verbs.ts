/** The verbs of a board. The picture and its list twin act by these and nothing else, so what one can do the other can. */
import { type Deed, type Move } from "./deeds";
import { CARD, GAP, heightFor, type Layout, type Rect, widthFor } from "./layout";
import type { May } from "./may";
import type { BoardModel } from "./model";
import { type Card, type Colour, MOST, newId } from "./schema";

/** What a verb needs to know of the one who is at the board, and the way to do it. */
export interface AtBoard {
  readonly model: BoardModel;
  readonly layout: Layout;
  readonly may: May;
  readonly colour: Colour;
  readonly seat: string;
  perform(deed: Deed): void;
}

export type NewCard = { text: string; colour?: Colour; picture?: string; fields?: Record<string, string>; x?: number; y?: number; group?: string; region?: string };

export class Verbs {
  constructor(private readonly board: AtBoard) {}

  /** A new card; without a place it takes the next free one. Gives its id. */
  add({ text, colour = this.board.colour, picture = "", fields = {}, x, y, group = "", region = "" }: NewCard): string {
    const id = newId();
    const { layout } = this.board;
    const at = group ? layout.slot(group, layout.cardsOf(group).length) : x === undefined || y === undefined ? layout.freePlace(region) : { x, y };
    const where = region || group ? region : layout.regionAt(at.x + CARD.w / 2, at.y + CARD.h / 2);
    this.do({ do: "card", id, text: text.trim().slice(0, MOST.text), colour, picture, fields, ...at, group, region: where, own: this.board.may.charter.drawer === "cards" });
    return id;
  }

  edit(id: string, text: string): void {
    if (this.board.model.cards.get(id)?.text !== text) this.do({ do: "text", id, text });
  }

  setField(id: string, name: string, value: string): void {
    if ((this.board.model.cards.get(id)?.fields[name] ?? "") !== value) this.do({ do: "field", id, name, value });
  }

  recolour(id: string, colour: Colour): void {
    const thing = this.board.model.standing(id);
    if (thing && thing.colour !== colour) this.do({ do: "colour", id, colour });
  }

  setPicture(id: string, picture: string): void {
    this.do({ do: "picture", id, picture });
  }

  /** Puts a loose card to a place of the board. */
  moveTo(id: string, x: number, y: number): void {
    this.do({ do: "move", moves: [{ id, x, y, group: "", region: this.board.layout.regionAt(x + CARD.w / 2, y + CARD.h / 2) }] });
  }

  /** Lays a card into a group, at a place of its order or at its end. */
  moveInto(id: string, group: string, index = Number.MAX_SAFE_INTEGER): void {
    const { layout } = this.board;
    this.do({ do: "move", moves: [{ id, group, region: "", ...layout.slot(group, Math.min(index, layout.cardsOf(group).length), [id]) }] });
  }

  moveIntoRegion(id: string, region: string): void {
    this.do({ do: "move", moves: [{ id, group: "", region, ...this.board.layout.freePlace(region) }] });
  }

  /** Takes a card out of its group. */
  takeOut(id: string): void {
    const card = this.board.model.cards.get(id);
    const rect = card && this.board.layout.groups.get(card.group);
    const region = this.board.layout.regionAt((rect?.x ?? 0) + 1, (rect?.y ?? 0) + 1);
    this.do({ do: "move", moves: [{ id, group: "", region, ...this.board.layout.freePlace(region) }] });
  }

  /** One place earlier or later in its group; a loose card a step in that direction. */
  nudge(id: string, dx: number, dy: number): void {
    const card = this.board.model.cards.get(id);
    if (!card) return;
    const order = this.board.layout.cardsOf(card.group);
    const at = order.indexOf(id);
    const rect = this.board.layout.cards.get(id);
    if (at < 0 && rect) return this.moveTo(id, rect.x + dx * 24, rect.y + dy * 24);
    const wanted = at + (dx || dy);
    if (at >= 0 && wanted >= 0 && wanted < order.length) this.moveInto(id, card.group, wanted);
  }

  /** A new group round these cards, or empty in a place. Gives its id. */
  group(title: string, cards: string[] = [], place?: Rect, colour: Colour = "white"): string {
    const id = newId();
    const columns = Math.max(2, Math.min(3, cards.length));
    const free = this.board.layout.freeRoom(columns, 1);
    const room = place ?? { ...free, w: widthFor(columns), h: heightFor(1) };
    const moves = cards.map((card, index): Move => ({ id: card, group: id, region: "", x: room.x + 20 + index * (CARD.w + GAP), y: room.y + 56 }));
    this.do({ do: "group", id, title: title.trim(), colour, ...room, moves });
    return id;
  }

  /** Lets a group go; its cards stay where they lie. */
  ungroup(id: string): void {
    const { layout } = this.board;
    const moves = layout.cardsOf(id).map((card): Move => {
      const rect = layout.cards.get(card)!;
      return { id: card, x: rect.x, y: rect.y, group: "", region: layout.regionAt(rect.x + 1, rect.y + 1) };
    });
    this.do({ do: "ungroup", id, moves });
  }

  rename(id: string, title: string): void {
    if (this.board.model.groups.get(id)?.title !== title) this.do({ do: "title", id, title: title.trim() });
  }

  /** Another place or size for a group; its cards go along. */
  place(id: string, rect: Rect): void {
    this.do({ do: "size", id, ...rect });
  }

  /** Takes over a group that a machine proposed. */
  accept(id: string): void {
    this.do({ do: "take", id });
  }

  connect(from: string, to: string, label = ""): string {
    const known = [...this.board.model.lines.values()].find((line) => !line.gone && ((line.from === from && line.to === to) || (line.from === to && line.to === from)));
    if (known || from === to) return known?.id ?? "";
    const id = newId();
    this.do({ do: "line", id, from, to, label });
    return id;
  }

  label(id: string, label: string): void {
    this.do({ do: "label", id, label: label.trim() });
  }

  draw(points: string, colour: Colour, width: number): string {
    const id = newId();
    this.do({ do: "stroke", id, points, colour, width });
    return id;
  }

  /** One dot more on a card or group. */
  dot(on: string): boolean {
    if (!this.board.may.dot(on)) return false;
    this.do({ do: "dot", id: newId(), on, own: this.board.may.charter.drawer === "dots" });
    return true;
  }

  /** Takes one's last dot back. */
  undot(on: string): boolean {
    const mine = this.board.model.dotsOf(this.board.seat, on).at(-1);
    if (mine) this.do({ do: "undot", id: mine.id });
    return !!mine;
  }

  remove(root: "cards" | "groups" | "lines" | "strokes", id: string): void {
    if (root === "groups") this.ungroup(id);
    else this.do({ do: "gone", root, ids: [id], gone: true });
  }

  restore(root: "cards" | "groups" | "lines" | "strokes", id: string): void {
    this.do({ do: "gone", root, ids: [id], gone: false });
  }

  /** What somebody took away and may bring back, newest known last; not what went since its contribution is no longer shown. */
  removedCards(): Card[] {
    return [...this.board.model.cards.values()].filter((card) => card.gone && !(card.number && !card.text) && !card.fields["hidden"] && this.board.may.remove(card));
  }

  private do(deed: Deed): void {
    this.board.perform(deed);
  }
}
