/** The list twin's order: groups as headings with their cards, regions of a canvas, what lies free, lines, drawings, what was taken away. */
import { fieldsOf } from "../picture/things";
import type { Session } from "../session";
import { inShort } from "../texts";

export type Item = { id: string; text: string; note: string; isOwn: boolean; picture?: string };
export type Section = { key: string; kind: "group" | "region" | "loose" | "lines" | "strokes" | "gone"; title: string; note: string; colour: string; items: Item[] };

/** All sections of the list; with a search, only what has its words. */
export function sectionsOf(session: Session, search: string): Section[] {
  const { model, layout, words, may } = session;
  const wanted = search.toLocaleLowerCase().trim();
  const fits = (text: string): boolean => !wanted || text.toLocaleLowerCase().includes(wanted);
  const sections: Section[] = [];
  const items = (ids: string[]): Item[] => ids.map((id) => itemOf(session, id)).filter((item) => fits(`${item.text} ${item.note}`));
  const groups = model.standingGroups().sort((a, b) => a.y - b.y || a.x - b.x || (a.id < b.id ? -1 : 1));
  for (const group of groups) {
    const note = [group.proposed ? words.say("proposed") : "", model.dotCount(group.id) ? words.count("dots", model.dotCount(group.id)) : ""].filter(Boolean).join(", ");
    const all = layout.cardsOf(group.id);
    const title = group.title || words.say("unnamed");
    sections.push({ key: group.id, kind: "group", title, note, colour: group.colour, items: fits(title) ? all.map((id) => itemOf(session, id)) : items(all) });
  }
  const regions = layout.canvas?.regions ?? [];
  const loose = layout.loose();
  for (const region of regions) {
    const ids = loose.filter((card) => card.region === region.key).map((card) => card.id);
    sections.push({ key: `region ${region.key}`, kind: "region", title: region.title, note: region.question, colour: region.colour, items: items(ids) });
  }
  const known = new Set(regions.map((region) => region.key));
  const free = loose.filter((card) => !known.has(card.region)).map((card) => card.id);
  sections.push({ key: "loose", kind: "loose", title: words.say(groups.length || regions.length ? "without_group" : "all_cards"), note: "", colour: "white", items: items(free) });
  const lines = [...model.lines.values()].filter((line) => !line.gone && model.standing(line.from) && model.standing(line.to)).map((line): Item => {
    const [from, to] = [line.from, line.to].map((id) => shortOf(session, id));
    return { id: line.id, text: words.say("line_between", { card: from!, other: to! }), note: line.label, isOwn: line.by === session.seat };
  });
  sections.push({ key: "lines", kind: "lines", title: words.say("lines"), note: "", colour: "", items: lines.filter((item) => fits(`${item.text} ${item.note}`)) });
  const strokes = [...model.strokes.values()].filter((stroke) => !stroke.gone && may.remove(stroke) && !wanted).map((stroke): Item => ({ id: stroke.id, text: words.say("drawing_by", { name: session.nameOf(stroke.by) }), note: "", isOwn: stroke.by === session.seat }));
  sections.push({ key: "strokes", kind: "strokes", title: words.say("drawings"), note: "", colour: "", items: strokes });
  const gone = session.verbs.removedCards().map((card): Item => ({ id: card.id, text: card.text || words.say("empty_card"), note: session.authorOf(card), isOwn: card.by === session.seat }));
  sections.push({ key: "gone", kind: "gone", title: words.say("taken_away"), note: "", colour: "", items: gone.filter((item) => fits(item.text)) });
  return sections.filter(({ kind, items: found }) => found.length || (!wanted && (kind === "group" || kind === "region")));
}

function shortOf(session: Session, id: string): string {
  const card = session.model.cards.get(id);
  return card ? inShort(card.text, 32) || session.words.say("empty_card") : session.model.groups.get(id)?.title || session.words.say("unnamed");
}

function itemOf(session: Session, id: string): Item {
  const { model, words } = session;
  const card = model.cards.get(id)!;
  const carrier = [...session.here.values()].find((here) => here.card === id && here.doing === "carries");
  const dots = model.dotCount(id);
  const mine = model.dotsOf(session.seat, id).length;
  const fields = fieldsOf(session, card);
  const note = carrier
    ? words.say("carries_now", { name: session.nameOf(carrier.alias) })
    : [card.own ? words.say("only_you") : session.authorOf(card), ...fields, dots ? words.count("dots", dots) + (mine ? ` ${words.count("of_them_yours", mine)}` : "") : ""].filter(Boolean).join(", ");
  return { id, text: card.text || (card.picture ? "" : words.say("empty_card")), note, isOwn: card.by === session.seat, picture: card.picture };
}
