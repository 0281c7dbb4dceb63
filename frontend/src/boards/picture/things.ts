/** The elements of a board: a paper card, a group with its title, a region of the canvas. Text stays text. */
import { CARD, type Rect } from "../layout";
import { type Card, COLOURS, type Group, type Region } from "../schema";
import type { Session } from "../session";

export function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name = "", text = ""): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

export function put(element: HTMLElement | SVGElement, x: number, y: number): void {
  const place = `translate(${x}px, ${y}px)`;
  if (element.style.transform !== place) element.style.transform = place;
}

function write(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

/** With more signs the words on a card are set smaller, so that all of them can be read. */
export const LONG = 56;

/** What a card says to those who hear it. */
export function cardLabel(session: Session, card: Card): string {
  const { words, model } = session;
  const group = model.groups.get(card.group);
  const parts = [
    card.text || words.say("empty_card"),
    ...(card.picture ? [words.say("picture_shows", { words: session.pictures.alt(card.picture) || words.say("no_alt") })] : []),
    group && !group.gone ? words.say("in_group", { group: group.title || words.say("unnamed") }) : (session.layout.region(card.region)?.title ?? words.say("without_group")),
    session.isSeated && card.by === session.seat && !card.number ? words.say("by_you") : words.say("by_name", { name: session.authorOf(card) }),
  ];
  const dots = model.dotCount(card.id);
  if (dots) parts.push(words.count("dots", dots));
  if (card.own) parts.push(words.say("only_you"));
  return parts.join(". ");
}

/** A card's short texts with their labels; what is still open stands as a question. */
export function fieldsOf(session: Session, card: Card): string[] {
  if (card.number) return [];
  const { words, options } = session;
  return Object.entries(options.fields ?? {}).map(([name, label]) => (card.fields[name] ? words.say("field_is", { label, value: card.fields[name] }) : words.say("field_open", { label })));
}

export function makeCard(id: string): HTMLElement {
  const card = make("div", "card");
  card.dataset["id"] = id;
  card.setAttribute("role", "button");
  card.tabIndex = -1;
  const text = make("p", "card__text");
  text.dir = "auto";
  const foot = make("p", "card__foot");
  foot.append(make("span", "card__by"), make("span", "card__dots"));
  card.append(text, foot);
  return card;
}

export function dressCard(element: HTMLElement, card: Card, session: Session): void {
  for (const colour of COLOURS) element.classList.toggle(`card--${colour}`, colour === card.colour);
  element.classList.toggle("card--long", card.text.length > LONG);
  element.classList.toggle("card--own", card.own);
  element.classList.toggle("card--picture", !!card.picture);
  element.classList.toggle("card--fields", !card.number && Object.keys(session.options.fields ?? {}).length > 0);
  element.setAttribute("aria-label", cardLabel(session, card));
  write(element.querySelector(".card__text"), card.text);
  const fields = fieldsOf(session, card);
  write(element.querySelector(".card__by"), fields.length ? fields.join("\n") : card.own ? session.words.say("only_you") : session.authorOf(card));
  const dots = element.querySelector<HTMLElement>(".card__dots")!;
  const count = session.model.dotCount(card.id);
  dots.hidden = !count && !session.may.charter.dots;
  dots.classList.toggle("is-mine", session.model.dotsOf(session.seat, card.id).length > 0);
  write(dots, String(count));
  dressPicture(element, card, session);
}

function dressPicture(element: HTMLElement, card: Card, session: Session): void {
  const known = element.querySelector<HTMLImageElement>(".card__picture");
  if (!session.pictures.address(card.picture)) return known?.remove();
  const picture = known ?? make("img", "card__picture");
  picture.loading = "lazy";
  picture.draggable = false;
  session.pictures.show(picture, card.picture);
  if (!known) element.prepend(picture);
}

export function makeGroup(id: string): HTMLElement {
  const group = make("div", "cl");
  group.dataset["group"] = id;
  const head = make("div", "cl__head");
  const title = make("button", "cl__title");
  title.type = "button";
  title.tabIndex = -1;
  head.append(title, make("span", "cl__count"));
  const size = make("span", "cl__size");
  group.append(head, size);
  return group;
}

export function dressGroup(element: HTMLElement, group: Group, rect: Rect, session: Session): void {
  put(element, rect.x, rect.y);
  element.style.width = `${rect.w}px`;
  element.style.height = `${rect.h}px`;
  element.classList.toggle("is-proposed", group.proposed);
  const title = group.title || session.words.say("unnamed");
  const count = session.words.count("cards", session.layout.cardsOf(group.id).length);
  write(element.querySelector(".cl__title"), title);
  const dots = session.model.dotCount(group.id);
  write(element.querySelector(".cl__count"), [group.proposed ? session.words.say("proposed") : "", dots ? session.words.count("dots", dots) : "", count].filter(Boolean).join(" · "));
  element.querySelector(".cl__title")?.setAttribute("aria-label", session.words.say("group_label", { group: title, count }));
}

export function makeRegion(region: Region): HTMLElement {
  const made = make("div", `rg rg--${/^[a-z]+$/.test(region.colour) ? region.colour : "plain"}`);
  made.style.width = `${region.w}px`;
  made.style.height = `${region.h}px`;
  put(made, region.x, region.y);
  made.dataset["region"] = region.key;
  made.append(make("p", "rg__title", region.title));
  if (region.question) made.append(make("p", "rg__question", region.question));
  return made;
}

export const middleOf = (rect: Rect): { x: number; y: number } => ({ x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 });
export const cardAt = (x: number, y: number): Rect => ({ x: x - CARD.w / 2, y: y - CARD.h / 2, ...CARD });
