/** The picture by keyboard alone: from card to card, moving, writing, grouping, connecting, dots, zoom. */
import type { Acts } from "../acts";
import type { Rect } from "../layout";
import type { Bar } from "./bar";
import type { Picture } from "./picture";
import { middleOf } from "./things";

type Needs = { picture: Picture; acts: Acts; bar: Bar; write: (id: string, isNew?: boolean) => void; pick: (tool: string) => void; help: () => void };

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Single letters act on the card that has the focus. */
const LETTERS: Record<string, string> = { m: "move", g: "group", c: "connect", d: "dot", Delete: "remove", Backspace: "remove" };

export function listenToKeys({ picture, acts, bar, write, pick, help }: Needs): void {
  const { stage, session, camera } = picture;
  stage.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || (event.target as Element).closest("textarea, input, .above")) return;
    const isCommand = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (isCommand) {
      if (key === "z" && !event.shiftKey) acts.undo();
      else if (key === "y" || key === "z") acts.redo();
      else return;
      return event.preventDefault();
    }
    if (event.altKey) return;
    const id = session.chosen;
    const card = session.model.cards.get(id);
    const arrow = ARROWS[key];
    if (arrow) {
      event.preventDefault();
      if (!event.shiftKey) return go(picture, ...arrow);
      if (card && session.may.move(card)) session.verbs.nudge(id, ...arrow);
      return picture.reveal(id);
    }
    const act = LETTERS[key];
    if (act && id) {
      event.preventDefault();
      if (act === "dot" && event.shiftKey) return acts.run("undot", id);
      if (act === "dot") return acts.dot(id, true);
      if (act === "remove") goOn(picture);
      return acts.run(act === "remove" && session.model.groups.has(id) ? "ungroup" : act, id);
    }
    if (key === "Enter" || key === "F2") {
      if (card && session.may.edit(card)) write(id);
      else if (session.model.groups.has(id)) acts.run("rename", id);
      else if (!id) first(picture);
    } else if (key === " ") {
      if (!card) return;
      if (acts.marked.has(id)) acts.marked.delete(id);
      else acts.marked.add(id);
    } else if (key === "n") {
      if (session.may.write()) write(session.verbs.add({ text: "", ...session.layout.freePlace("", centre(picture)) }), true);
    } else if (key === "ContextMenu" || (key === "F10" && event.shiftKey)) bar.enter();
    else if (key === "+" || key === "=") camera.step(true);
    else if (key === "-") camera.step(false);
    else if (key === "0") camera.zoomBy(1 / camera.zoom);
    else if (key === "1") picture.fit();
    else if (key === "v" || key === "Escape") escape(picture, pick);
    else if (key === "p") pick("draw");
    else if (key === "?") help();
    else return;
    event.preventDefault();
  });
  stage.addEventListener("focusin", (event) => {
    const id = (event.target as HTMLElement).dataset["id"];
    if (id && id !== session.chosen) session.choose(id, "picture");
  });
}

function centre({ camera }: Picture): { x: number; y: number } {
  const view = camera.view();
  return { x: view.x + view.w / 2 - 84, y: view.y + view.h / 2 - 66 };
}

function escape(picture: Picture, pick: (tool: string) => void): void {
  pick("select");
  picture.session.choose("", "picture");
  picture.stage.focus({ preventScroll: true });
}

function first(picture: Picture): void {
  const { layout } = picture.session;
  const seen = layout.inSight(picture.camera.view()).map((id) => [id, layout.cards.get(id)!] as const);
  const all = seen.length ? seen : [...layout.cards];
  const found = all.reduce<readonly [string, Rect] | null>((best, each) => (!best || each[1].y + each[1].x * 0.2 < best[1].y + best[1].x * 0.2 ? each : best), null);
  if (found) picture.focus(found[0]);
}

/** The nearest card in a direction, what lies straight ahead first. */
function go(picture: Picture, dx: number, dy: number): void {
  const { layout, chosen } = picture.session;
  const from = layout.cards.get(chosen);
  if (!from) return first(picture);
  const here = middleOf(from);
  let best = "";
  let least = Infinity;
  for (const [id, rect] of layout.cards) {
    if (id === chosen) continue;
    const there = middleOf(rect);
    const [ahead, aside] = dx ? [(there.x - here.x) * dx, Math.abs(there.y - here.y)] : [(there.y - here.y) * dy, Math.abs(there.x - here.x)];
    const cost = ahead + aside * 2.5;
    if (ahead > 8 && cost < least) [best, least] = [id, cost];
  }
  if (best) picture.focus(best);
}

/** Before a card goes: the focus to its neighbour. */
function goOn(picture: Picture): void {
  const { layout, model, chosen } = picture.session;
  const order = layout.cardsOf(model.cards.get(chosen)?.group ?? "");
  const next = order[order.indexOf(chosen) + 1] ?? order[order.indexOf(chosen) - 1];
  const id = chosen;
  window.setTimeout(() => {
    if (picture.session.model.standing(id)) return;
    if (next && picture.session.model.standing(next)) picture.focus(next);
    else escape(picture, () => undefined);
  }, 0);
}
