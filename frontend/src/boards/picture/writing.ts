/** Writing on a card where it lies: a field over its text. What others write in it meanwhile is worked in. */
import { CARD } from "../layout";
import { MOST } from "../schema";
import type { Session } from "../session";
import { merge } from "../texts";
import type { Picture } from "./picture";
import { make, put } from "./things";

const SOON_MS = 1_200;

export class Writing {
  private readonly field = make("textarea", "card__field");
  private readonly left = make("span", "card__left");
  private id = "";
  private base = "";
  private timer = 0;
  private isNew = false;

  constructor(private readonly session: Session, private readonly picture: Picture) {
    this.field.maxLength = MOST.text;
    this.field.dir = "auto";
    // KERN holds the padding of fields by !important in a layer; only the element itself can say otherwise.
    this.field.style.setProperty("padding", "12px 14px 34px", "important");
    this.field.setAttribute("aria-label", session.words.say("text_of_card"));
    this.field.addEventListener("input", () => {
      this.count();
      this.keepSoon();
    });
    this.field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey && !event.isComposing)) {
        event.preventDefault();
        this.stop(true);
      }
    });
    this.field.addEventListener("blur", () => this.stop(false));
    session.on("change", ({ ids, here }) => {
      if (this.id && !here && ids.cards.has(this.id)) this.takeIn();
    });
  }

  get isOpen(): boolean { return this.id !== ""; }

  open(id: string, isNew = false): void {
    if (this.id) this.stop(false);
    const card = this.session.model.cards.get(id);
    if (!card || !this.session.may.edit(card)) return;
    this.picture.reveal(id);
    this.session.choose(id, "picture");
    this.picture.render();
    this.id = id;
    this.isNew = isNew;
    this.base = card.text;
    this.field.value = card.text;
    this.field.className = `card__field card--${card.colour}`;
    this.picture.world.append(this.field, this.left);
    this.place();
    this.count();
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(card.text.length, card.text.length);
    this.picture.schedule();
  }

  /** Keeps the field on its card. */
  place(): void {
    const rect = this.session.layout.cards.get(this.id);
    if (!this.id || !rect) return;
    put(this.field, rect.x, rect.y);
    put(this.left, rect.x, rect.y + CARD.h - 28);
  }

  private count(): void {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.max(CARD.h, this.field.scrollHeight)}px`;
    this.left.textContent = this.field.value.length > MOST.text - 100 ? this.session.words.count("letters_left", MOST.text - this.field.value.length) : "";
  }

  private keepSoon(): void {
    window.clearTimeout(this.timer);
    // A board that fills anew brings an older text: what is written here waits for that, and both are put together.
    this.timer = window.setTimeout(() => (this.session.isLettingGo ? this.keepSoon() : this.keep()), SOON_MS);
  }

  private keep(): void {
    window.clearTimeout(this.timer);
    const text = this.field.value;
    if (!this.id || text === this.base) return;
    this.session.verbs.edit(this.id, text);
    this.base = text;
  }

  private takeIn(): void {
    const card = this.session.model.cards.get(this.id);
    if (!card || card.gone) return this.stop(true);
    const { selectionStart, selectionEnd, value } = this.field;
    const merged = merge(this.base, value, card.text);
    this.base = card.text;
    if (merged === value) return;
    this.field.value = merged;
    this.field.setSelectionRange(selectionStart, selectionEnd);
    this.count();
  }

  private stop(goesBack: boolean): void {
    const id = this.id;
    if (!id) return;
    this.keep();
    this.id = "";
    this.field.remove();
    this.left.remove();
    const card = this.session.model.cards.get(id);
    // A card on which nothing was written is no card.
    if (this.isNew && card && !card.text && !card.picture && !card.gone) this.session.undo();
    this.picture.schedule();
    if (goesBack && this.session.model.standing(id)) this.picture.focus(id);
    else if (goesBack) this.picture.stage.focus({ preventScroll: true });
  }
}
