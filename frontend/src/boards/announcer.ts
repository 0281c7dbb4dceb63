/** Tells those who hear the page what others do: at most one sentence in five seconds, many things put together. */
import type { Card, Dot, Group, Line } from "./schema";
import type { Session } from "./session";
import { inShort } from "./texts";

const PAUSE_MS = 5_000;
const SOON_MS = 600;

type News = { kind: "new" | "moved" | "changed" | "gone" | "dotted" | "undotted" | "grouped" | "named" | "lines"; sentence: string; id: string };

export class Announcer {
  private news: News[] = [];
  private timer = 0;
  private last = -PAUSE_MS;

  constructor(private readonly session: Session, private readonly place: HTMLElement) {
    session.on("change", ({ ids, was, here, filling }) => {
      if (here || filling) return;
      for (const id of ids.cards) this.card(was.get(id) as Card | undefined, session.model.cards.get(id));
      for (const id of ids.groups) this.group(was.get(id) as Group | undefined, session.model.groups.get(id));
      for (const id of ids.lines) this.line(was.get(id) as Line | undefined, session.model.lines.get(id));
      for (const id of ids.dots) this.dot(id, was.get(id) as Dot | undefined, session.model.dots.get(id));
    });
  }

  /** Says something at once: what one did oneself and cannot see. */
  say(sentence: string): void {
    this.place.textContent = "";
    window.setTimeout(() => (this.place.textContent = sentence), 30);
  }

  private card(was: Card | undefined, is: Card | undefined): void {
    const { words, model, options } = this.session;
    if (!is || (is.gone && (was?.gone ?? true))) return;
    const card = this.nameOf(is.id);
    const name = this.session.nameOf(is.by);
    const group = model.groups.get(is.group)?.title || words.say("unnamed");
    const field = Object.keys(options.fields ?? {}).find((each) => (was?.fields[each] ?? "") !== (is.fields[each] ?? ""));
    if (!was || (was.gone && !is.gone)) this.add("new", words.say("news_new", { card, name }), is.id);
    else if (is.gone) this.add("gone", words.say("news_gone", { card }), is.id);
    else if (was.group !== is.group && is.group) this.add("moved", words.say("news_moved", { card, group }), is.id);
    else if (was.group !== is.group) this.add("moved", words.say("news_out", { card }), is.id);
    else if (was.text !== is.text) this.add("changed", words.say("news_changed", { card }), is.id);
    else if (field) this.add("changed", words.say("news_field", { card, field: options.fields![field]!, value: is.fields[field] || words.say("empty_field") }), is.id);
    else if (was.picture !== is.picture) this.add("changed", words.say(is.picture ? "news_picture" : "news_no_picture", { card }), is.id);
    else if (was.colour !== is.colour) this.add("changed", words.say("news_colour", { card }), is.id);
  }

  private group(was: Group | undefined, is: Group | undefined): void {
    const { words } = this.session;
    if (!is || is.gone) return;
    const group = is.title || words.say("unnamed");
    if (!was) this.add("grouped", words.say("news_group", { group }), is.id);
    else if (was.title !== is.title) this.add("named", words.say("news_named", { group }), is.id);
  }

  private line(was: Line | undefined, is: Line | undefined): void {
    if (!is || (is.gone && (was?.gone ?? true))) return;
    const { words } = this.session;
    const ends = { card: this.nameOf(is.from), other: this.nameOf(is.to) };
    if (is.gone) this.add("lines", words.say("news_no_line", ends), is.id);
    else if (!was || was.gone) this.add("lines", words.say("news_line", ends), is.id);
    else if (was.label !== is.label) this.add("lines", words.say("news_label", { ...ends, label: is.label || words.say("empty_field") }), is.id);
  }

  private dot(id: string, was: Dot | undefined, is: Dot | undefined): void {
    if (is && !was) this.add("dotted", this.session.words.say("news_dotted"), id);
    else if (was && !is) this.add("undotted", this.session.words.say("news_undotted"), id);
  }

  /** What a card or group is called in a sentence. */
  private nameOf(id: string): string {
    const { model, words } = this.session;
    const card = model.cards.get(id);
    return card ? inShort(card.text) || words.say("empty_card") : model.groups.get(id)?.title || words.say("unnamed");
  }

  private add(kind: News["kind"], sentence: string, id: string): void {
    this.news = this.news.filter((each) => each.id !== id);
    this.news.push({ kind, sentence, id });
    this.timer ||= window.setTimeout(() => this.speak(), Math.max(SOON_MS, this.last + PAUSE_MS - performance.now()));
  }

  private speak(): void {
    this.timer = 0;
    this.last = performance.now();
    const news = this.news.splice(0);
    if (!news.length) return;
    if (news.length === 1) return this.say(news[0]!.sentence);
    const kinds = new Map<string, number>();
    for (const { kind } of news) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    this.say([...kinds].map(([kind, count]) => this.session.words.count(`many_${kind}`, count)).join(", "));
  }
}
