/** The paper on which a card is written in the list and on a phone: text, colour, where it goes. */
import { make } from "../picture/things";
import { type Colour, COLOURS, MOST } from "../schema";
import type { Session } from "../session";
import { inShort } from "../texts";
import type { Toasts } from "../toasts";

const MOST_SHOWN = 3;

export class Paper {
  private readonly field: HTMLTextAreaElement;
  private readonly left: HTMLElement;
  private readonly where: HTMLSelectElement | null;
  private picture = "";

  constructor(private readonly session: Session, private readonly form: HTMLFormElement, private readonly toasts: Toasts, private readonly say: (sentence: string) => void) {
    this.field = form.querySelector("textarea")!;
    this.left = form.querySelector<HTMLElement>("[data-left]")!;
    this.where = form.querySelector<HTMLSelectElement>("select");
    this.field.maxLength = MOST.text;
    this.field.addEventListener("input", () => this.count());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("change", (event) => this.changed(event.target as HTMLInputElement));
    form.querySelector("[data-picture]")?.addEventListener("click", () => void this.choosePicture());
    form.querySelector("[data-no-picture]")?.addEventListener("click", () => this.showPicture(""));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    session.on("state", () => this.update());
    session.on("change", () => this.update());
    this.count();
    this.update();
  }

  private changed(field: HTMLInputElement): void {
    if (field.name === "colour" && COLOURS.includes(field.value as Colour)) {
      this.session.colour = field.value as Colour;
      this.update();
    }
  }

  private add(): void {
    const { words, verbs, may } = this.session;
    const text = this.field.value.trim();
    if (!may.write()) return this.toasts.say(words.say("no_write"));
    if (!text && !this.picture) {
      this.say(words.say("write_first"));
      return this.field.focus();
    }
    const [kind = "", key = ""] = (this.where?.value ?? "").split(" ");
    const fields = Object.fromEntries([...this.form.querySelectorAll<HTMLInputElement>("[data-field]")].filter((input) => input.value.trim()).map((input) => [input.dataset["field"]!, input.value.trim()]));
    const id = verbs.add({ text, picture: this.picture, fields, group: kind === "group" ? key : "", region: kind === "region" ? key : "" });
    this.field.value = "";
    this.showPicture("");
    for (const input of this.form.querySelectorAll<HTMLInputElement>("[data-field]")) input.value = "";
    this.count();
    this.session.choose(id, "list");
    this.say(words.say(may.charter.drawer === "cards" ? "card_kept" : "card_hangs"));
    this.field.focus();
  }

  private async choosePicture(): Promise<void> {
    const name = await this.session.pictures.choose(this.form.closest("[data-board]") ?? document, false);
    if (name) this.showPicture(name);
    this.field.focus();
  }

  /** The picture that lies on the paper, '' for none. */
  private showPicture(name: string): void {
    this.picture = name;
    const thumb = this.form.querySelector<HTMLElement>("[data-thumb]");
    if (!thumb) return;
    thumb.hidden = !name;
    if (name) this.session.pictures.show(thumb.querySelector("img")!, name);
    thumb.querySelector("span")!.textContent = name ? this.session.pictures.alt(name) : "";
    this.count();
  }

  private count(): void {
    const left = MOST.text - this.field.value.length;
    this.left.textContent = this.field.value.length ? this.session.words.count("letters_left", left) : "";
    this.form.classList.toggle("has-words", this.field.value.length > 0 || !!this.picture);
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  /** On a phone, below the paper: what became of one's own newest cards. */
  private mine(): void {
    const place = this.form.parentElement?.querySelector<HTMLElement>("[data-mine]");
    if (!place) return;
    const { model, words, seat } = this.session;
    // Who only looks on has no seat, and what was brought from contributions has no author.
    const own = seat ? model.standingCards().filter((card) => card.by === seat && (card.text || card.picture)).reverse() : [];
    place.hidden = !own.length;
    place.querySelector("h2")!.textContent = words.count("your_cards", own.length);
    place.querySelector("ul")!.replaceChildren(
      ...own.slice(0, MOST_SHOWN).map((card) => {
        const item = make("li");
        const text = make("span", "", inShort(card.text, 80));
        text.dir = "auto";
        const group = model.groups.get(card.group);
        const isWaiting = this.session.waits(card.id);
        const where = group && !group.gone ? words.say("hangs_with", { group: group.title || words.say("unnamed") }) : words.say("hangs");
        item.append(make("i", `bl__paper bl__paper--${card.colour}`), text, make("small", isWaiting ? "is-waiting" : "", isWaiting ? words.say("still_waits") : card.own ? words.say("only_you") : where));
        return item;
      }),
    );
  }

  private update(): void {
    this.mine();
    const { may, layout, model, words, colour } = this.session;
    this.form.hidden = may.charter.write === "none";
    for (const known of COLOURS) this.form.classList.toggle(`paper--${known}`, known === (may.colour() ? colour : "yellow"));
    this.form.querySelector<HTMLElement>("[data-needs=colour]")?.toggleAttribute("hidden", !may.colour());
    this.form.querySelector<HTMLElement>("[data-needs=picture]")?.toggleAttribute("hidden", !may.charter.pictures || !this.session.options.upload);
    if (!this.where) return;
    const options = [["", words.say("free_place")]];
    for (const region of layout.canvas?.regions ?? []) options.push([`region ${region.key}`, region.title]);
    if (may.regroup()) for (const group of layout.groups.keys()) options.push([`group ${group}`, model.groups.get(group)?.title || words.say("unnamed")]);
    this.where.closest("label")?.toggleAttribute("hidden", options.length < 2);
    const wanted = options.map((pair) => pair.join("|")).join("||");
    if (this.where.dataset["options"] === wanted) return;
    const before = this.where.value;
    this.where.dataset["options"] = wanted;
    this.where.replaceChildren(...options.slice(0, 200).map(([value, label]) => new Option(label, value)));
    this.where.value = options.some(([value]) => value === before) ? before : "";
  }
}
