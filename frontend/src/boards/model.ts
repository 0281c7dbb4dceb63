/** What stands on a board, as plain things by id, kept up to date from the documents: the board and one's own drawer. */
import * as Y from "yjs";
import { type Card, type Dot, type Group, type Line, type Root, ROOTS, rootOf, readCard, readDot, readGroup, readLine, readStroke, type Stroke } from "./schema";

/** What one transaction changed. `was` holds cards, groups, lines and dots as they were before (undefined = new). */
export type Change = {
  ids: Record<Root, Set<string>>;
  was: Map<string, Card | Group | Line | Dot | undefined>;
  /** Made here, by hand or by undoing. */
  here: boolean;
  /** The first filling: nobody did anything just now. */
  filling: boolean;
};

type Listener = (change: Change) => void;

const noIds = (): Record<Root, Set<string>> => ({ cards: new Set(), groups: new Set(), lines: new Set(), strokes: new Set(), dots: new Set() });

export class BoardModel {
  readonly cards = new Map<string, Card>();
  readonly groups = new Map<string, Group>();
  readonly lines = new Map<string, Line>();
  readonly strokes = new Map<string, Stroke>();
  readonly dots = new Map<string, Dot>();
  private readonly dotsOn = new Map<string, Set<string>>();
  private readonly listeners = new Set<Listener>();
  private touched = noIds();
  private docs: { board: Y.Doc; drawer: Y.Doc } | null = null;
  private readonly unbind: (() => void)[] = [];
  /** While this is true, what comes is the board itself, not news about it. */
  isFilling = true;

  /** Takes other documents: at the start, and when a refused one was let go. */
  bind(board: Y.Doc, drawer: Y.Doc): void {
    this.unbind.splice(0).forEach((stop) => stop());
    this.docs = { board, drawer };
    for (const root of ROOTS) for (const id of this[root].keys()) this.touched[root].add(id);
    for (const doc of [board, drawer]) {
      for (const root of ROOTS) {
        const map = rootOf(doc, root);
        for (const id of map.keys()) this.touched[root].add(id);
        const watch = (events: Y.YEvent<Y.AbstractType<unknown>>[]): void => {
          for (const event of events) {
            if (event.path.length) this.touched[root].add(String(event.path[0]));
            else for (const id of event.changes.keys.keys()) this.touched[root].add(id);
          }
        };
        map.observeDeep(watch as never);
        this.unbind.push(() => map.unobserveDeep(watch as never));
      }
      const after = (transaction: Y.Transaction): void => this.flush(transaction.local);
      doc.on("afterTransaction", after);
      this.unbind.push(() => doc.off("afterTransaction", after));
    }
    this.flush(false, true);
  }

  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How many dots lie on a card or group. */
  dotCount(on: string): number {
    return this.dotsOn.get(on)?.size ?? 0;
  }

  /** The dots of one person on a card or group. */
  dotsOf(by: string, on = ""): Dot[] {
    const ids = on ? [...(this.dotsOn.get(on) ?? [])] : [...this.dots.keys()];
    return ids.map((id) => this.dots.get(id)).filter((dot): dot is Dot => dot?.by === by);
  }

  /** A card or group that is there and was not taken away. */
  standing(id: string): Card | Group | undefined {
    const found = this.cards.get(id) ?? this.groups.get(id);
    return found && !found.gone ? found : undefined;
  }

  standingCards(): Card[] {
    return [...this.cards.values()].filter((card) => !card.gone);
  }

  standingGroups(): Group[] {
    return [...this.groups.values()].filter((group) => !group.gone);
  }

  private flush(here: boolean, filling = this.isFilling): void {
    const ids = this.touched;
    if (!this.docs || !ROOTS.some((root) => ids[root].size)) return;
    this.touched = noIds();
    const was: Change["was"] = new Map();
    for (const root of ["cards", "groups", "lines", "dots"] as const) for (const id of ids[root]) was.set(id, this[root].get(id));
    for (const root of ROOTS) for (const id of ids[root]) this.read(root, id);
    for (const listener of [...this.listeners]) listener({ ids, was, here, filling });
  }

  private read(root: Root, id: string): void {
    const { board, drawer } = this.docs!;
    const shared = rootOf(board, root).get(id);
    // What the server has put on the board is no longer private, though the drawer may still hold its copy.
    const thing = shared ?? rootOf(drawer, root).get(id);
    const was = this.dots.get(id);
    if (root === "dots" && was) this.dotsOn.get(was.on)?.delete(id);
    if (!(thing instanceof Y.Map)) {
      this[root].delete(id);
      return;
    }
    if (root === "cards") this.cards.set(id, readCard(id, thing, !shared));
    else if (root === "groups") this.groups.set(id, readGroup(id, thing));
    else if (root === "lines") this.lines.set(id, readLine(id, thing));
    else if (root === "strokes") this.strokes.set(id, readStroke(id, thing));
    else {
      const dot = readDot(id, thing);
      this.dots.set(id, dot);
      const on = this.dotsOn.get(dot.on) ?? new Set();
      this.dotsOn.set(dot.on, on.add(id));
    }
  }
}
