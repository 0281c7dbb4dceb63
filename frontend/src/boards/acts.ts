/** What one does with a card or group by button, menu or key, with the questions it needs. Both views call these. */
import { chooseOne, askText, type Entry } from "./dialogs";
import type { Card, Colour } from "./schema";
import type { Session } from "./session";
import { inShort } from "./texts";
import type { Toasts } from "./toasts";

export class Acts {
  /** More cards that are marked beside the chosen one. */
  readonly marked = new Set<string>();

  constructor(readonly session: Session, private readonly root: HTMLElement, readonly toasts: Toasts, private readonly say: (sentence: string) => void) {}

  /** The names of the acts that a thing offers now, as the buttons of bar and menu name them. */
  offered(id: string): Set<string> {
    const { may, model, layout } = this.session;
    const found = new Set<string>();
    const card = model.cards.get(id);
    const group = model.groups.get(id);
    const line = model.lines.get(id);
    const stroke = model.strokes.get(id);
    const offer = (name: string, isOffered: boolean): void => void (isOffered && found.add(name));
    if (card && !card.gone) {
      const order = layout.cardsOf(card.group);
      const isIn = order.includes(id);
      offer("edit", may.edit(card));
      for (const name of may.charter.fields) offer(`field:${name}`, may.fill(card) && !card.number);
      offer("move", (may.regroup() && (layout.groups.size > 0 || isIn)) || (may.move(card) && !!layout.canvas?.regions.length));
      offer("group", may.regroup());
      offer("connect", may.connect() && model.cards.size + model.groups.size > 1);
      offer("earlier", isIn && may.move(card) && order[0] !== id);
      offer("later", isIn && may.move(card) && order.at(-1) !== id);
      offer("colour", may.recolour(card));
      offer("picture", may.picture(card) && !!this.session.options.upload);
      offer("remove", may.remove(card));
      offer("read", card.number > 0 && !!this.session.options.contribution);
      offer("flag", !card.number && !card.own && card.by !== this.session.seat && !!this.session.options.flag);
    }
    if (group && !group.gone) {
      offer("rename", may.name());
      offer("accept", group.proposed && may.regroup());
      offer("connect", may.connect());
      offer("ungroup", may.ungroup(group));
    }
    if (line && !line.gone) {
      offer("label", may.connect());
      offer("remove", may.remove(line));
    }
    if (stroke && !stroke.gone) offer("remove", may.remove(stroke));
    if (model.standing(id)) {
      offer("dot", may.dot(id));
      offer("undot", may.undot(id));
    }
    return found;
  }

  /** Does an act by its name; `edit` and what only a view can do is the view's. */
  run(name: string, id: string): void {
    if (!this.offered(id).has(name.startsWith("colour:") ? "colour" : name)) return;
    const [verb, more = ""] = name.split(":");
    const { verbs } = this.session;
    if (verb === "move") void this.move(id);
    else if (verb === "group") void this.group(id);
    else if (verb === "connect") void this.connect(id);
    else if (verb === "dot") this.dot(id, true);
    else if (verb === "undot") this.dot(id, false);
    else if (verb === "colour") verbs.recolour(id, more as Colour);
    else if (verb === "earlier" || verb === "later") this.shift(id, verb === "later" ? 1 : -1);
    else if (verb === "rename") void this.rename(id);
    else if (verb === "accept") verbs.accept(id);
    else if (verb === "ungroup") this.ungroup(id);
    else if (verb === "picture") void this.picture(id);
    else if (verb === "label") void this.label(id);
    else if (verb === "field") void this.field(id, more);
    else if (verb === "remove") this.remove(id);
    else if (verb === "read") this.read(id);
    else if (verb === "flag") window.open(this.session.options.flag!.replace("{card}", id), "_blank", "noopener");
  }

  undo(): void {
    if (!this.session.canUndo()) return this.say(this.session.words.say("nothing_to_undo"));
    this.session.undo();
    this.say(this.session.words.say("undone"));
  }

  redo(): void {
    if (this.session.canRedo()) this.session.redo();
  }

  private get words() { return this.session.words; }

  private cardName(id: string): string {
    const card = this.session.model.cards.get(id);
    return card ? inShort(card.text) || this.words.say("empty_card") : this.groupName(id);
  }

  private groupName(id: string): string {
    return this.session.model.groups.get(id)?.title || this.words.say("unnamed");
  }

  private async move(id: string): Promise<void> {
    const { model, layout, verbs, may } = this.session;
    const card = model.cards.get(id);
    if (!card) return;
    const groups = may.regroup() ? [...layout.groups.keys()].filter((group) => group !== card.group) : [];
    const entries: Entry[] = groups.map((group) => ({ id: group, label: this.groupName(group), note: this.words.count("cards", layout.cardsOf(group).length), colour: model.groups.get(group)!.colour }));
    if (may.move(card)) entries.push(...(layout.canvas?.regions ?? []).filter(({ key }) => key !== card.region).map(({ key, title, question }) => ({ id: `region ${key}`, label: title, note: question })));
    if (layout.cardsOf(card.group).includes(id)) entries.push({ id: "out", label: this.words.say("take_out") });
    const answer = await chooseOne(this.root, "group", entries);
    if (!answer || !model.standing(id)) return;
    if (answer === "new") return this.group(id);
    if (answer === "out") verbs.takeOut(id);
    else if (answer.startsWith("region ")) verbs.moveIntoRegion(id, answer.slice(7));
    else if (model.standing(answer)) verbs.moveInto(id, answer);
    const where = answer === "out" ? this.words.say("without_group") : answer.startsWith("region ") ? (layout.region(answer.slice(7))?.title ?? "") : this.groupName(answer);
    this.say(this.words.say("moved", { card: this.cardName(id), group: where }));
  }

  private async group(id: string): Promise<void> {
    const { verbs, may, model } = this.session;
    const title = may.name() ? await askText(this.root, "name", "", this.words.say("name_of_group")) : "";
    if (title === null) return;
    const cards = [...new Set([id, ...this.marked])].filter((card) => model.cards.has(card));
    this.marked.clear();
    verbs.group(title, cards);
    this.say(this.words.say("grouped", { group: title || this.words.say("unnamed") }));
  }

  /** A new group with nothing in it yet. */
  async emptyGroup(): Promise<void> {
    const title = this.session.may.name() ? await askText(this.root, "name", "", this.words.say("name_of_group")) : "";
    if (title === null) return;
    this.session.verbs.group(title);
    this.say(this.words.say("grouped", { group: title || this.words.say("unnamed") }));
  }

  private async connect(id: string): Promise<void> {
    const { model, layout, verbs } = this.session;
    const others = [...model.standingCards().map((card): Entry => ({ id: card.id, label: card.text || this.words.say("empty_card"), note: this.noteOf(card), colour: card.colour }))];
    others.push(...[...layout.groups.keys()].map((group): Entry => ({ id: group, label: this.groupName(group), note: this.words.say("a_group") })));
    const answer = await chooseOne(this.root, "card", others.filter((entry) => entry.id !== id));
    if (!answer || !model.standing(answer) || !model.standing(id)) return;
    verbs.connect(id, answer);
    this.say(this.words.say("connected", { card: this.cardName(id), other: this.cardName(answer) }));
  }

  private noteOf(card: Card): string {
    const group = this.session.model.groups.get(card.group);
    return group && !group.gone ? this.groupName(group.id) : (this.session.layout.region(card.region)?.title ?? this.words.say("without_group"));
  }

  dot(id: string, gives: boolean): void {
    const { verbs, may, model } = this.session;
    const done = gives ? verbs.dot(id) : verbs.undot(id);
    const refusal = gives ? (may.charter.dots ? "no_dots_left" : "no_dots") : "no_dot_here";
    if (!done) this.toasts.say(this.words.say(refusal));
    this.say(done ? `${this.words.count("dots", model.dotCount(id))}. ${this.words.count("dots_left", may.dotsLeft())}` : this.words.say(refusal));
  }

  private shift(id: string, by: number): void {
    this.session.verbs.nudge(id, 0, by);
    const card = this.session.model.cards.get(id);
    const order = this.session.layout.cardsOf(card?.group ?? "");
    this.say(this.words.say("place_of", { place: order.indexOf(id) + 1, count: order.length }));
  }

  private async rename(id: string): Promise<void> {
    const title = await askText(this.root, "name", this.session.model.groups.get(id)?.title ?? "", this.words.say("name_of_group"));
    if (title !== null) this.session.verbs.rename(id, title);
  }

  private async label(id: string): Promise<void> {
    const text = await askText(this.root, "name", this.session.model.lines.get(id)?.label ?? "", this.words.say("word_on_line"));
    if (text !== null) this.session.verbs.label(id, text);
  }

  private async field(id: string, name: string): Promise<void> {
    const text = await askText(this.root, "name", this.session.model.cards.get(id)?.fields[name] ?? "", this.session.options.fields?.[name] ?? name);
    if (text !== null) this.session.verbs.setField(id, name, text);
  }

  /** Asks for a picture and puts it on a card, or takes the one that is there. */
  private async picture(id: string): Promise<void> {
    const had = this.session.model.cards.get(id)?.picture ?? "";
    const name = await this.session.pictures.choose(this.root, !!had);
    if (!name || !this.session.model.standing(id)) return;
    this.session.verbs.setPicture(id, name === "gone" ? "" : name);
    this.say(this.words.say(name === "gone" ? "picture_taken" : "picture_ready"));
  }

  private ungroup(id: string): void {
    const name = this.groupName(id);
    this.session.verbs.ungroup(id);
    this.tellUndo(this.words.say("ungrouped", { group: name }));
  }

  /** Opens the contribution that a card came from beside the board. */
  private read(id: string): void {
    const number = this.session.model.cards.get(id)?.number;
    if (number) window.open(this.session.options.contribution?.replace("{number}", String(number)), "_blank", "noopener");
  }

  private remove(id: string): void {
    const { model, verbs } = this.session;
    const root = model.cards.has(id) ? "cards" : model.lines.has(id) ? "lines" : "strokes";
    const what = root === "cards" ? this.words.say("removed", { card: this.cardName(id) }) : this.words.say("removed_line");
    verbs.remove(root, id);
    this.tellUndo(what, () => verbs.restore(root, id));
  }

  private tellUndo(sentence: string, act: () => void = () => this.session.undo()): void {
    this.say(sentence);
    this.toasts.say(sentence, { offer: { label: this.words.say("bring_back"), act } });
  }
}
