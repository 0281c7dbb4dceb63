/** The list twin of a board: everything that the picture can, by keyboard and screen reader, live, and the focus stays where it is. */
import type { Acts } from "../acts";
import { MOST } from "../schema";
import type { Session } from "../session";
import { make } from "../picture/things";
import { Menu } from "./menu";
import { type Item, type Section, sectionsOf } from "./sections";

const PAGE = 50;
/** A board of more cards begins with its groups folded. */
const OPEN_AT_MOST = 40;
/** So few are read at a glance: nobody needs to search them. */
const FEW = 12;
const KEYS: Record<string, string> = { m: "move", g: "group", c: "connect", d: "dot", Enter: "", Delete: "remove", e: "edit", F2: "edit" };

export class List {
  private readonly shown = new Map<string, { part: HTMLElement; toggle: HTMLButtonElement; list: HTMLElement; more: HTMLButtonElement }>();
  private readonly opened = new Map<string, boolean>();
  private readonly pages = new Map<string, number>();
  private readonly menu: Menu;
  private search = "";
  private frame = 0;
  /** The item in which is written, and how what stands there is kept. */
  private editing: { id: string; item: HTMLElement; close: (keeps: boolean) => void } | null = null;
  private lastFocus = { id: "", section: "", index: 0 };

  constructor(private readonly session: Session, private readonly root: HTMLElement, private readonly place: HTMLElement, private readonly acts: Acts) {
    this.menu = new Menu(root, acts, (id) => this.edit(id));
    root.querySelector<HTMLInputElement>("[data-search]")?.addEventListener("input", (event) => {
      this.search = (event.target as HTMLInputElement).value;
      this.pages.clear();
      this.schedule();
    });
    place.addEventListener("click", (event) => this.click(event));
    place.addEventListener("keydown", (event) => this.press(event));
    place.addEventListener("focusin", (event) => this.remember(event.target as HTMLElement));
    session.on("change", () => this.schedule());
    session.on("state", () => this.schedule());
    session.on("presence", () => this.schedule());
    session.on("chosen", ({ id }) => {
      if (id) this.openFor(id);
      this.schedule();
    });
    this.render();
  }

  schedule(): void {
    // A page in the background follows as well, though it paints nothing.
    this.frame ||= window.setTimeout(() => this.render(), document.hidden ? 300 : 30);
  }

  private render(): void {
    window.clearTimeout(this.frame);
    this.frame = 0;
    const sections = sectionsOf(this.session, this.search);
    const cards = this.session.layout.cards.size;
    const summary = this.root.querySelector("[data-summary]");
    if (summary) summary.textContent = this.summary(cards);
    const before = document.activeElement;
    const held = before instanceof HTMLElement && this.place.contains(before) ? before : null;
    const keys = new Set(sections.map((section) => section.key));
    for (const [key, { part }] of this.shown) {
      if (keys.has(key)) continue;
      part.remove();
      this.shown.delete(key);
    }
    sections.forEach((section, index) => {
      const made = this.shown.get(section.key) ?? this.makeSection(section);
      if (this.place.children[index] !== made.part) this.place.insertBefore(made.part, this.place.children[index] ?? null);
      this.fill(section, cards, sections.length === 1);
    });
    this.root.querySelector("[data-search-box]")?.toggleAttribute("hidden", cards <= FEW && !this.search);
    this.root.querySelector("[data-hint-group]")?.toggleAttribute("hidden", !this.session.may.regroup());
    this.root.querySelector("[data-nothing]")?.toggleAttribute("hidden", sections.some(({ items }) => items.length > 0));
    this.root.querySelector("[data-not-found]")?.toggleAttribute("hidden", !this.search || sections.length > 0);
    // The item is in the list no more: its card was taken away, or the search asks for others.
    if (this.editing && !this.editing.item.isConnected) this.editing.close(true);
    if (held && document.activeElement !== held && !this.place.contains(document.activeElement)) this.catch(held);
  }

  private summary(cards: number): string {
    const { words, layout } = this.session;
    const groups = layout.groups.size;
    if (!cards) return words.say("no_cards");
    const free = groups ? layout.loose().length : 0;
    const all = [words.count("cards", cards), groups ? words.count("in_groups", groups) : ""].filter(Boolean).join(" ");
    return free ? `${all}, ${words.count("still_free", free)}` : all;
  }

  private makeSection({ key, kind }: Section) {
    const part = make("section", `bl__group bl__group--${kind}`);
    part.dataset["section"] = key;
    const head = make("h3", "bl__head");
    const toggle = make("button", "bl__toggle");
    toggle.type = "button";
    toggle.append(make("i", "bl__paper"), make("span", "bl__title"), make("span", "bl__count"));
    head.append(toggle);
    const menu = make("button", "bl__do");
    menu.type = "button";
    menu.dataset["menu"] = key;
    menu.setAttribute("aria-haspopup", "menu");
    menu.append(this.root.querySelector<HTMLTemplateElement>("template[data-part=more]")!.content.cloneNode(true));
    const row = make("div", "bl__row");
    row.append(head, menu);
    const note = make("p", "bl__note");
    const list = make("ul", "bl__items");
    list.id = `bl-${key.replace(/\W/g, "-")}`;
    toggle.setAttribute("aria-controls", list.id);
    const more = make("button", "bl__more");
    more.type = "button";
    more.dataset["more"] = key;
    part.append(row, note, list, more);
    const made = { part, toggle, list, more };
    this.shown.set(key, made);
    return made;
  }

  private isOpen(section: Section, cards: number, isOnly: boolean): boolean {
    if (this.search || section.items.some(({ id }) => this.isWritten(id, section))) return true;
    const isOpen = this.opened.get(section.key) ?? (section.kind === "gone" || section.kind === "strokes" ? false : isOnly || cards <= OPEN_AT_MOST);
    // As it was shown first it stays, however many cards others lay: nothing folds under who reads.
    if (!this.session.model.isFilling) this.opened.set(section.key, isOpen);
    return isOpen;
  }

  private fill(section: Section, cards: number, isOnly: boolean): void {
    const { part, toggle, list, more } = this.shown.get(section.key)!;
    const { words } = this.session;
    const isOpen = this.isOpen(section, cards, isOnly);
    const isGroup = section.kind === "group";
    toggle.setAttribute("aria-expanded", String(isOpen));
    write(toggle.querySelector(".bl__title"), section.title);
    write(toggle.querySelector(".bl__count"), String(section.items.length));
    toggle.querySelector(".bl__paper")!.className = `bl__paper bl__paper--${section.colour || "none"}`;
    toggle.setAttribute("aria-label", `${section.title}, ${section.kind === "lines" || section.kind === "strokes" ? section.items.length : words.count("cards", section.items.length)}`);
    write(part.querySelector(".bl__note"), isOpen || isGroup ? section.note : "");
    const menu = part.querySelector<HTMLElement>(".bl__do")!;
    menu.hidden = !isGroup || !this.acts.offered(section.key).size;
    menu.setAttribute("aria-label", words.say("acts_for", { thing: section.title }));
    const shown = isOpen ? section.items.slice(0, PAGE * (this.pages.get(section.key) ?? 1)) : [];
    const written = section.items.find(({ id }) => this.isWritten(id, section));
    if (written && !shown.includes(written)) shown.push(written);
    list.hidden = !shown.length;
    const known = new Map([...list.children].map((child) => [(child as HTMLElement).dataset["item"]!, child as HTMLElement]));
    for (const [id, child] of known) if (!shown.some((item) => item.id === id)) child.remove();
    shown.forEach((item, index) => {
      const isWritten = this.isWritten(item.id, section);
      // What is being written goes along when others move the card.
      const made = isWritten ? this.editing!.item : (known.get(item.id) ?? this.makeItem(item, section));
      if (list.children[index] !== made) list.insertBefore(made, list.children[index] ?? null);
      if (!isWritten) this.dress(made, item, section);
    });
    const rest = section.items.length - shown.length;
    more.hidden = !isOpen || rest <= 0;
    if (rest > 0) write(more, words.count("show_more", Math.min(PAGE, rest)));
  }

  private isWritten(id: string, section: Section): boolean {
    return this.editing?.id === id && section.kind !== "gone";
  }

  private makeItem({ id }: Item, section: Section): HTMLElement {
    const made = make("li", "bl__item");
    made.dataset["item"] = id;
    const button = make("button", "bl__card");
    button.type = "button";
    button.dataset["card"] = id;
    if (section.kind !== "gone") button.setAttribute("aria-haspopup", "menu");
    const text = make("span", "bl__text");
    text.dir = "auto";
    button.append(text, make("small"));
    made.append(button);
    return made;
  }

  private dress(made: HTMLElement, item: Item, section: Section): void {
    if (!made.querySelector(".bl__card")) made.replaceChildren(...this.makeItem(item, section).children);
    write(made.querySelector(".bl__text"), item.text);
    this.dressPicture(made, item.picture ?? "");
    write(made.querySelector("small"), section.kind === "gone" ? `${item.note}, ${this.session.words.say("bring_back")}` : item.note);
    made.querySelector(".bl__card")!.setAttribute("aria-label", this.heard(item, section));
    made.classList.toggle("is-here", this.session.chosen === item.id);
    made.classList.toggle("is-marked", this.acts.marked.has(item.id));
  }

  /** What an item says to those who hear it: words, picture and note told apart. */
  private heard({ text, note, picture = "" }: Item, section: Section): string {
    const { pictures, words } = this.session;
    const shows = pictures.address(picture) ? words.say("picture_shows", { words: pictures.alt(picture) || words.say("no_alt") }) : "";
    return [text, shows, note, section.kind === "gone" ? words.say("bring_back") : ""].filter(Boolean).join(". ");
  }

  private dressPicture(made: HTMLElement, name: string): void {
    const { pictures } = this.session;
    const known = made.querySelector<HTMLImageElement>(".bl__picture");
    if (!pictures.address(name)) return known?.remove();
    const image = known ?? make("img", "bl__picture");
    pictures.show(image, name);
    if (!known) made.querySelector(".bl__card")!.prepend(image);
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    const toggle = target.closest<HTMLElement>(".bl__toggle");
    const section = target.closest<HTMLElement>("[data-section]")?.dataset["section"] ?? "";
    if (toggle) {
      this.opened.set(section, toggle.getAttribute("aria-expanded") !== "true");
      return this.render();
    }
    const more = target.closest<HTMLElement>("[data-more]");
    if (more) {
      const first = this.shown.get(section)!.list.childElementCount;
      this.pages.set(section, (this.pages.get(section) ?? 1) + 1);
      this.render();
      return this.shown.get(section)!.list.children[first]?.querySelector<HTMLElement>("button")?.focus();
    }
    const group = target.closest<HTMLElement>("[data-menu]");
    if (group) return this.menu.open(group.dataset["menu"]!, group);
    const card = target.closest<HTMLElement>("[data-card]");
    if (!card) return;
    const id = card.dataset["card"]!;
    if (section === "gone") return this.session.verbs.restore("cards", id);
    this.session.choose(id, "list");
    this.menu.open(id, card);
  }

  private press(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      return event.shiftKey ? this.acts.redo() : this.acts.undo();
    }
    if (event.altKey || event.isComposing || target.closest("textarea, input")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = [...this.place.querySelectorAll<HTMLElement>(".bl__toggle, .bl__card, .bl__more:not([hidden])")];
      event.preventDefault();
      return stops[stops.indexOf(target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    }
    const id = target.dataset["card"];
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!id || !act) return;
    event.preventDefault();
    if (act === "edit") this.edit(id);
    else if (act === "dot") this.acts.dot(id, !event.shiftKey);
    else this.acts.run(act, id);
  }

  /** Writing in the list, in the place of the item. */
  private edit(id: string): void {
    this.editing?.close(true);
    const made = this.place.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`);
    const card = this.session.model.cards.get(id);
    if (!made || !card || !this.session.may.edit(card)) return;
    const form = this.root.querySelector<HTMLTemplateElement>("template[data-part=edit]")!.content.firstElementChild!.cloneNode(true) as HTMLFormElement;
    const field = form.querySelector("textarea")!;
    field.value = card.text;
    field.maxLength = MOST.text;
    const close = (keeps: boolean): void => {
      if (this.editing?.item !== made) return;
      this.editing = null;
      // On a card that was taken away too: whoever brings it back finds what was written last.
      if (keeps && this.session.model.cards.has(id)) this.session.verbs.edit(id, field.value);
      this.render();
      this.place.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`)?.focus();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close(true);
    });
    form.querySelector("[data-cancel]")?.addEventListener("click", () => close(false));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close(false);
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        close(true);
      }
    });
    this.editing = { id, item: made, close };
    made.replaceChildren(form);
    field.focus();
  }

  /** Unfold the group of a chosen card as far as the card: it may have been chosen in the picture, or just been written. */
  private openFor(id: string): void {
    const card = this.session.model.cards.get(id);
    if (!card) return;
    const key = this.session.layout.groups.has(card.group) ? card.group : this.session.layout.region(card.region) ? `region ${card.region}` : "loose";
    if (this.session.layout.cards.size > OPEN_AT_MOST) this.opened.set(key, true);
    const place = sectionsOf(this.session, this.search).find((section) => section.key === key)?.items.findIndex((item) => item.id === id) ?? -1;
    this.pages.set(key, Math.max(this.pages.get(key) ?? 1, Math.floor(place / PAGE) + 1));
    window.setTimeout(() => {
      const item = this.place.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`);
      if (!item || this.root.contains(document.activeElement)) return;
      const [box, view] = [item.getBoundingClientRect(), this.root.getBoundingClientRect()];
      if (box.top < view.top) this.root.scrollTop -= view.top - box.top + 8;
      else if (box.bottom > view.bottom) this.root.scrollTop += box.bottom - view.bottom + 8;
    }, 60);
  }

  private remember(target: HTMLElement): void {
    const section = target.closest<HTMLElement>("[data-section]")?.dataset["section"] ?? "";
    const id = target.dataset["card"] ?? "";
    const item = target.closest("[data-item]");
    this.lastFocus = { id, section, index: item?.parentElement ? [...item.parentElement.children].indexOf(item) : 0 };
  }

  /** What had the focus was moved or is gone: the focus goes along, or to its neighbour, or to the heading. */
  private catch(held: HTMLElement): void {
    const { id, section, index } = this.lastFocus;
    const again = id ? this.place.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`) : null;
    if (held.isConnected && !id) return held.focus();
    if (again) return again.focus();
    const known = this.shown.get(section);
    const near = known?.list.children[Math.min(index, known.list.childElementCount - 1)]?.querySelector<HTMLElement>("button");
    (near ?? known?.toggle ?? this.place.querySelector<HTMLElement>(".bl__toggle") ?? this.root).focus();
  }
}

function write(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}
