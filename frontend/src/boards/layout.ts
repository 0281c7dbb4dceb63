/** Where everything lies: cards of a group in a tidy grid, groups that grow and make room, and who is in sight. */
import type { BoardModel, Change } from "./model";
import type { Canvas, Card, Group, Region } from "./schema";

export type Rect = { x: number; y: number; w: number; h: number };

export const CARD = { w: 168, h: 132 } as const;
export const GAP = 16;
const PAD = 20;
const HEAD = 56;
const BETWEEN = 24;
const CELL = 512;
export const REGION_HEAD = 84;

export const meets = (a: Rect, b: Rect, gap = 0): boolean =>
  a.x < b.x + b.w + gap && b.x < a.x + a.w + gap && a.y < b.y + b.h + gap && b.y < a.y + a.h + gap;
export const holds = (rect: Rect, x: number, y: number): boolean => x >= rect.x && x <= rect.x + rect.w && y >= rect.y && y <= rect.y + rect.h;
const byPlace = (a: Card, b: Card): number => a.y - b.y || a.x - b.x || (a.id < b.id ? -1 : 1);

/** How wide and high a group is for so many cards side by side. */
export const widthFor = (columns: number): number => 2 * PAD + columns * CARD.w + (columns - 1) * GAP;
export const heightFor = (rows: number): number => HEAD + rows * CARD.h + (rows - 1) * GAP + PAD;

export class Layout {
  readonly cards = new Map<string, Rect>();
  readonly groups = new Map<string, Rect>();
  private readonly members = new Map<string, Set<string>>();
  private readonly orders = new Map<string, string[]>();
  private readonly cells = new Map<string, Set<string>>();
  private readonly lies = new Map<string, string>();

  constructor(private readonly model: BoardModel, public canvas: Canvas | null) {}

  /** Works in what a transaction changed; gives the cards and groups whose place is another one now. */
  update({ ids }: Pick<Change, "ids">): Set<string> {
    const moved = new Set<string>();
    const dirty = new Set<string>();
    for (const id of ids.cards) {
      const card = this.model.cards.get(id);
      const group = card && !card.gone ? card.group : "";
      const old = this.lies.get(id) ?? "";
      if (old) {
        dirty.add(old);
        if (old !== group) this.members.get(old)?.delete(id);
      }
      if (group) {
        dirty.add(group);
        this.lies.set(id, group);
        this.members.set(group, (this.members.get(group) ?? new Set()).add(id));
      } else this.lies.delete(id);
      if (!card || card.gone) this.drop(id);
      else if (!this.isIn(group)) this.putLoose(card, moved);
    }
    for (const id of ids.groups) {
      dirty.add(id);
      if (!this.isIn(id)) this.loosen(id, moved);
    }
    for (const id of dirty) this.arrange(id);
    if (dirty.size) {
      this.makeRoom(moved);
      for (const card of this.model.cards.values()) if (!card.gone && !this.isIn(card.group)) this.putLoose(card, moved);
    }
    return moved;
  }

  /** The cards of a group in their order. */
  cardsOf(group: string): string[] {
    return this.orders.get(group) ?? [];
  }

  /** Cards that lie in no group, by place. */
  loose(): Card[] {
    return this.model.standingCards().filter((card) => !this.isIn(card.group)).sort(byPlace);
  }

  region(key: string): Region | undefined {
    return this.canvas?.regions.find((region) => region.key === key);
  }

  regionAt(x: number, y: number): string {
    return this.canvas?.regions.find((region) => holds(region, x, y))?.key ?? "";
  }

  groupAt(x: number, y: number, except = ""): string {
    for (const [id, rect] of this.groups) if (id !== except && holds(rect, x, y)) return id;
    return "";
  }

  /** The cards that lie in a part of the board. */
  inSight(view: Rect): string[] {
    const found: string[] = [];
    const [left, top] = [Math.floor((view.x - CARD.w) / CELL), Math.floor((view.y - CARD.h) / CELL)];
    const [right, bottom] = [Math.floor((view.x + view.w) / CELL), Math.floor((view.y + view.h) / CELL)];
    const look = (ids: Iterable<string>): void => {
      for (const id of ids) if (meets(this.cards.get(id)!, view)) found.push(id);
    };
    if ((right - left + 1) * (bottom - top + 1) > this.cells.size) for (const ids of this.cells.values()) look(ids);
    else for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) look(this.cells.get(`${x},${y}`) ?? []);
    return found;
  }

  /** All that stands on the board, or its canvas; a first empty sheet if there is nothing. */
  bounds(): Rect {
    const rects = [...this.cards.values(), ...this.groups.values(), ...(this.canvas?.regions ?? [])];
    if (!rects.length) return { x: 0, y: 0, w: 960, h: 600 };
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const rect of rects) {
      left = Math.min(left, rect.x);
      top = Math.min(top, rect.y);
      right = Math.max(right, rect.x + rect.w);
      bottom = Math.max(bottom, rect.y + rect.h);
    }
    return { x: left, y: top, w: right - left, h: bottom - top };
  }

  /** A place in a group's order: behind the card that stands before this index. Gives x and y for the card that goes there. */
  slot(group: string, index: number, moving: string[] = []): { x: number; y: number } {
    const order = this.cardsOf(group).filter((id) => !moving.includes(id)).map((id) => this.model.cards.get(id)!);
    const before = order[Math.min(index, order.length) - 1];
    const after = order[index];
    const rect = this.groups.get(group);
    if (!before && !after) return { x: (rect?.x ?? 0) + PAD, y: (rect?.y ?? 0) + HEAD };
    if (!before) return { x: after!.x - GAP, y: after!.y };
    if (after && after.y === before.y) return { x: (before.x + after.x) / 2, y: before.y };
    return { x: before.x + GAP, y: before.y };
  }

  /** Which place of a group's order a point of the board means, and where that place lies. */
  slotAt(group: string, x: number, y: number, moving: string[]): { index: number; isLast: boolean; rect: Rect } {
    const rect = this.groups.get(group)!;
    const count = this.cardsOf(group).filter((id) => !moving.includes(id)).length;
    const columns = this.columns(group, count + 1);
    const column = Math.min(columns - 1, Math.max(0, Math.floor((x - rect.x - PAD) / (CARD.w + GAP))));
    const row = Math.max(0, Math.floor((y - rect.y - HEAD) / (CARD.h + GAP)));
    const index = Math.min(count, row * columns + column);
    return { index, isLast: index === count, rect: this.cellOf(rect, index, columns) };
  }

  /** A free place for a card: in a region, near a point, or below groups and canvas: what is to lie anywhere lies on no heading of theirs. */
  freePlace(region = "", near?: { x: number; y: number }): { x: number; y: number } {
    const room = this.region(region);
    const isFree = (x: number, y: number): boolean => {
      const rect = { x, y, ...CARD };
      return !this.inSight({ x: x - 4, y: y - 4, w: CARD.w + 8, h: CARD.h + 8 }).length && ![...this.groups.values()].some((group) => meets(group, rect));
    };
    if (room) {
      for (let y = room.y + REGION_HEAD; y + CARD.h <= room.y + room.h; y += CARD.h + GAP) {
        for (let x = room.x + GAP; x + CARD.w <= room.x + room.w; x += CARD.w + GAP) if (isFree(x, y)) return { x, y };
      }
      const count = this.inSight(room).length;
      return { x: room.x + GAP + ((count * 28) % Math.max(1, room.w - CARD.w - 2 * GAP)), y: room.y + REGION_HEAD + ((count * 20) % Math.max(1, room.h - CARD.h - REGION_HEAD)) };
    }
    if (near) {
      for (let ring = 0; ring < 24; ring++) {
        for (let step = 0; step < Math.max(1, ring * 6); step++) {
          const angle = (step / Math.max(1, ring * 6)) * 2 * Math.PI;
          const x = Math.round(near.x + Math.cos(angle) * ring * 64);
          const y = Math.round(near.y + Math.sin(angle) * ring * 56);
          if (isFree(x, y)) return { x, y };
        }
      }
      return near;
    }
    const all = this.bounds();
    const rooms = [...this.groups.values(), ...(this.canvas?.regions ?? [])];
    const under = Math.max(...rooms.map((rect) => rect.y + rect.h + BETWEEN + 34), rooms.length || !this.cards.size ? -Infinity : all.y);
    const top = Number.isFinite(under) ? under : all.y;
    for (let row = 0; row < 400; row++) {
      for (let column = 0; column < 6; column++) {
        const [x, y] = [all.x + PAD + column * (CARD.w + GAP), top + row * (CARD.h + GAP)];
        if (isFree(x, y)) return { x, y };
      }
    }
    return { x: all.x, y: all.y + all.h + GAP };
  }

  /** A free place for a group, right of or below what stands there. */
  freeRoom(columns: number, rows: number): Rect {
    const [w, h] = [widthFor(columns), heightFor(rows)];
    const all = this.bounds();
    const taken = [...this.groups.values(), ...this.cards.values()];
    for (let y = all.y; y < all.y + all.h + h; y += 74) {
      for (let x = all.x; x + w <= Math.max(all.x + all.w, all.x + 1_000); x += 92) {
        const rect = { x, y, w, h };
        if (!taken.some((other) => meets(other, rect, BETWEEN))) return rect;
      }
    }
    return { x: all.x, y: all.y + all.h + BETWEEN, w, h };
  }

  private isIn(group: string): boolean {
    const found = this.model.groups.get(group);
    return !!found && !found.gone;
  }

  private columns(id: string, count: number): number {
    const group = this.model.groups.get(id)!;
    return Math.max(1, Math.floor((group.w - 2 * PAD + GAP) / (CARD.w + GAP)), Math.ceil(Math.sqrt(count / 1.7)));
  }

  private cellOf(rect: Rect, index: number, columns: number): Rect {
    return { x: rect.x + PAD + (index % columns) * (CARD.w + GAP), y: rect.y + HEAD + Math.floor(index / columns) * (CARD.h + GAP), ...CARD };
  }

  private arrange(id: string): void {
    const members = [...(this.members.get(id) ?? [])].map((card) => this.model.cards.get(card)).filter((card): card is Card => !!card && !card.gone);
    this.orders.set(id, members.sort(byPlace).map((card) => card.id));
  }

  /** Groups in the order of their places: who has grown over another one moves it down. */
  private makeRoom(moved: Set<string>): void {
    const groups = this.model.standingGroups().sort((a, b) => a.y - b.y || a.x - b.x || (a.id < b.id ? -1 : 1));
    const standing = new Set(groups.map((group) => group.id));
    for (const id of this.groups.keys()) if (!standing.has(id)) this.groups.delete(id);
    const placed: Rect[] = [];
    for (const group of groups) {
      const rect = this.sizeOf(group);
      for (let hit = placed.find((other) => meets(other, rect)); hit; hit = placed.find((other) => meets(other, rect))) rect.y = hit.y + hit.h + BETWEEN;
      placed.push(rect);
      const old = this.groups.get(group.id);
      if (!old || old.x !== rect.x || old.y !== rect.y || old.w !== rect.w || old.h !== rect.h) moved.add(group.id);
      this.groups.set(group.id, rect);
      const order = this.cardsOf(group.id);
      const columns = this.columns(group.id, order.length);
      order.forEach((id, index) => this.put(id, this.cellOf(rect, index, columns), moved));
    }
  }

  private sizeOf(group: Group): Rect {
    const count = this.cardsOf(group.id).length;
    const columns = this.columns(group.id, count);
    const rows = Math.max(1, Math.ceil(count / columns));
    return { x: group.x, y: group.y, w: Math.max(group.w, widthFor(columns)), h: Math.max(group.h, heightFor(rows)) };
  }

  private loosen(group: string, moved: Set<string>): void {
    for (const id of this.members.get(group) ?? []) {
      const card = this.model.cards.get(id);
      if (card && !card.gone) this.putLoose(card, moved);
    }
  }

  /** A free card lies where it was put, below a group that has grown over that place. */
  private putLoose(card: Card, moved: Set<string>): void {
    const rect = { x: card.x, y: card.y, ...CARD };
    const groups = [...this.groups.values()];
    for (let hit = groups.find((group) => meets(group, rect)); hit; hit = groups.find((group) => meets(group, rect))) rect.y = hit.y + hit.h + BETWEEN + 34;
    this.put(card.id, rect, moved);
  }

  private put(id: string, rect: Rect, moved: Set<string>): void {
    const old = this.cards.get(id);
    if (old && old.x === rect.x && old.y === rect.y) return;
    this.drop(id);
    this.cards.set(id, rect);
    const key = `${Math.floor(rect.x / CELL)},${Math.floor(rect.y / CELL)}`;
    this.cells.set(key, (this.cells.get(key) ?? new Set()).add(id));
    moved.add(id);
  }

  private drop(id: string): void {
    const old = this.cards.get(id);
    if (!old) return;
    this.cells.get(`${Math.floor(old.x / CELL)},${Math.floor(old.y / CELL)}`)?.delete(id);
    this.cards.delete(id);
  }
}
