/** What this person may do now: the charter asked, so that what is offered is what works. The server asks again. */
import type { BoardModel } from "./model";
import type { Card, Charter, Group, Reach } from "./schema";

export class May {
  constructor(public charter: Charter, public seat: string, private readonly model: BoardModel) {}

  /** While one writes into one's own drawer, the board itself is there to be read. */
  private get isPrivate(): boolean { return this.charter.drawer === "cards"; }

  private reaches(reach: Reach, thing: { by: string; own?: boolean }): boolean {
    if (this.isPrivate && !thing.own) return false;
    return reach === "all" || (reach === "own" && thing.by === this.seat);
  }

  /** What was taken away makes room. */
  write(): boolean { return this.charter.write !== "none" && this.model.standingCards().length < this.charter.limit; }
  /** Nobody writes into the words of a contribution. */
  edit(card: Card): boolean { return !card.number && this.reaches(this.charter.write, card); }
  /** The short texts of a card, as who does it by when: on another's card too where the step lets everybody. */
  fill(card: Card): boolean { return this.edit(card) || (this.charter.write !== "none" && this.reaches(this.charter.fill, card)); }
  /** To another spot; into a group is `regroup`. */
  move(card: Card): boolean { return this.reaches(this.charter.move, card); }
  regroup(): boolean { return this.charter.group && !this.isPrivate; }
  remove(thing: { by: string; own?: boolean }): boolean { return this.reaches(this.charter.remove, thing); }
  ungroup(group: Group): boolean { return this.regroup() && (group.proposed || this.remove(group)); }
  name(): boolean { return this.charter.name_groups && !this.isPrivate; }
  connect(): boolean { return this.charter.connect && !this.isPrivate; }
  draw(): boolean { return this.charter.draw && !this.isPrivate; }
  colour(): boolean { return this.charter.colour; }
  recolour(card: Card): boolean { return this.charter.colour && this.edit(card); }
  picture(card: Card): boolean { return this.charter.pictures && this.edit(card); }

  /** How many dots one has left. */
  dotsLeft(): number {
    return Math.max(0, this.charter.dots - this.model.dotsOf(this.seat).length);
  }

  dot(on: string): boolean {
    return this.dotsLeft() > 0 && !this.model.cards.get(on)?.own;
  }

  undot(on: string): boolean {
    return this.charter.dots > 0 && this.model.dotsOf(this.seat, on).length > 0;
  }
}
