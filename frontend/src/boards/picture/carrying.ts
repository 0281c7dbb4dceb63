/** Things in the hand: a card or group that follows it, what lies under it, and where it comes to lie. */
import { CARD, widthFor } from "../layout";
import type { Picture } from "./picture";
import { put } from "./things";
import type { Point } from "./touch";

export class Carrying {
  constructor(private readonly picture: Picture, private readonly refuse: (key: string) => void) {}

  private get session() { return this.picture.session; }

  /** The thing follows the hand, its upper left corner at this place of the board; `at` is the hand's. */
  follow(what: "card" | "group", id: string, at: Point, corner: Point): void {
    this.picture.carried = id;
    const element = this.picture.elementOf(id);
    if (element) put(element, corner.x, corner.y);
    if (what === "card") this.showUnder(id, at, element);
  }

  /** Mark the group or region under a carried card, and the place in the group that it would take. */
  private showUnder(id: string, at: Point, element: HTMLElement | undefined): void {
    const { layout, may } = this.session;
    const { ghost, stage } = this.picture;
    stage.classList.add("is-carrying");
    element?.classList.add("is-carried");
    const group = may.regroup() ? layout.groupAt(at.x, at.y) : "";
    for (const other of stage.querySelectorAll<HTMLElement>(".cl")) other.classList.toggle("is-hot", other.dataset["group"] === group);
    const region = group ? "" : layout.regionAt(at.x, at.y);
    for (const other of stage.querySelectorAll<HTMLElement>(".rg")) other.classList.toggle("is-hot", other.dataset["region"] === region);
    ghost.hidden = !group;
    if (group) {
      const { rect, isLast } = layout.slotAt(group, at.x, at.y, [id]);
      // At the end an empty place waits; between two cards a bar says where it will go.
      ghost.classList.toggle("is-bar", !isLast);
      put(ghost, isLast ? rect.x : rect.x - 11, rect.y);
    }
    this.picture.schedule();
  }

  /** A card is let go with its upper left corner here: into a group, out of one, or to another place. */
  dropCard(id: string, corner: Point): void {
    const { layout, may, model, verbs } = this.session;
    const card = model.cards.get(id);
    if (!card) return;
    const at = { x: corner.x + CARD.w / 2, y: corner.y + CARD.h / 2 };
    const group = layout.groupAt(at.x, at.y);
    if (group && may.regroup()) return verbs.moveInto(id, group, layout.slotAt(group, at.x, at.y, [id]).index);
    if (card.group && model.standing(card.group) && !may.regroup()) return this.refuse("no_group");
    if (!may.move(card) && !card.group) return this.refuse("no_move");
    verbs.moveTo(id, corner.x, corner.y);
  }

  dropGroup(id: string, corner: Point): void {
    if (this.session.layout.groups.has(id)) this.session.verbs.place(id, { ...corner, ...this.ownSize(id) });
  }

  /** A group is as wide as whole columns of cards, up to this place of the board. */
  showSize(id: string, at: Point): void {
    const rect = this.session.layout.groups.get(id);
    const element = this.picture.elementOf(id);
    if (rect && element) element.style.width = `${columnsTo(at.x - rect.x)}px`;
  }

  setSize(id: string, at: Point): void {
    const rect = this.session.layout.groups.get(id);
    if (rect) this.session.verbs.place(id, { x: rect.x, y: rect.y, h: this.ownSize(id).h, w: columnsTo(at.x - rect.x) });
  }

  /** The room that a new group would take. */
  showRoom(from: Point, to: Point): void {
    const { ghost } = this.picture;
    ghost.hidden = false;
    ghost.classList.remove("is-bar");
    put(ghost, Math.min(from.x, to.x), Math.min(from.y, to.y));
    ghost.style.width = `${Math.abs(to.x - from.x)}px`;
    ghost.style.height = `${Math.abs(to.y - from.y)}px`;
  }

  /** Nothing is in the hand any more: no mark of it stays. */
  end(): void {
    const { ghost, ink, stage } = this.picture;
    this.picture.carried = "";
    ghost.hidden = true;
    ghost.style.width = ghost.style.height = "";
    ink.show("");
    stage.classList.remove("is-carrying");
    for (const hot of stage.querySelectorAll(".is-hot")) hot.classList.remove("is-hot");
    this.picture.schedule();
  }

  private ownSize(id: string): { w: number; h: number } {
    const { w, h } = this.session.model.groups.get(id)!;
    return { w, h };
  }
}

function columnsTo(width: number): number {
  return widthFor(Math.max(1, Math.round((width - 24) / (CARD.w + 16))));
}
