/** Who else is here: an arrow with a name where they point, and the card that somebody carries just now. */
import { type Here, NOWHERE, type Session } from "../session";
import type { Camera } from "./camera";
import { make, put } from "./things";

const ARROW = "M2 2 20 11l-8 2.500-3 8z";
const SILENT_MS = 8_000;
const SEAT_COLOURS = ["teal", "violet", "amber", "rose", "sky", "lime", "indigo", "orange"];

/** The class of a seat's colour. */
export const seatColour = (colour: string | undefined): string => (colour && SEAT_COLOURS.includes(colour) ? `seat--${colour}` : "seat--none");

export class Cursors {
  readonly layer = make("div", "cursors");
  private readonly arrows = new Map<string, HTMLElement>();

  constructor(private readonly session: Session, private readonly camera: Camera) {
    this.layer.setAttribute("aria-hidden", "true");
  }

  update(): void {
    const now = performance.now();
    for (const [alias, arrow] of this.arrows) if (!this.isSeen(this.session.here.get(alias))) (arrow.remove(), this.arrows.delete(alias));
    for (const here of this.session.here.values()) {
      if (!this.isSeen(here) || now - here.at > SILENT_MS) continue;
      const seat = this.session.seats.get(here.alias);
      const arrow = this.arrows.get(here.alias) ?? this.add(here.alias);
      arrow.className = `cursor ${seatColour(seat?.[1])}`;
      arrow.lastElementChild!.textContent = this.session.nameOf(here.alias);
      const at = this.camera.toStage(here.x, here.y);
      put(arrow, at.x, at.y);
    }
  }

  /** Whom a card follows just now, if somebody carries it. */
  carrier(card: string): { x: number; y: number; alias: string } | null {
    for (const here of this.session.here.values()) if (here.card === card && here.doing === "carries") return here;
    return null;
  }

  private isSeen(here: Here | undefined): boolean {
    return !!here && here.doing !== NOWHERE.doing;
  }

  private add(alias: string): HTMLElement {
    const made = make("div", "cursor");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 22 24");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ARROW);
    svg.append(path);
    made.append(svg, make("b"));
    this.layer.append(made);
    this.arrows.set(alias, made);
    return made;
  }
}
