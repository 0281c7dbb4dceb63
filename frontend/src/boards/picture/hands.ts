/** Mouse, pen and fingers on the picture: carry, drop, pan, pinch, draw, connect, give dots. */
import { CARD, heightFor, widthFor } from "../layout";
import { type Colour, MOST, within } from "../schema";
import { edge, curve, smooth } from "./ink";
import type { Picture } from "./picture";
import { middleOf, put } from "./things";

export type Tool = "select" | "card" | "group" | "connect" | "dots" | "draw";

export interface Doing {
  write(id: string): void;
  rename(id: string): void;
  toolDone(): void;
  refuse(key: string): void;
}

type Point = { x: number; y: number };
type Grip =
  | { what: "pan"; from: Point }
  | { what: "card"; id: string; from: Point; off: Point; isCarried: boolean }
  | { what: "group"; id: string; from: Point; off: Point; isCarried: boolean }
  | { what: "size"; id: string }
  | { what: "room"; from: Point; to: Point }
  | { what: "line"; id: string; from: Point }
  | { what: "stroke"; points: Point[] };

/** A finger trembles more than a mouse. */
const SLACK = { mouse: 5, touch: 10 };
/** So long a finger rests on a card to take it up. */
const HOLD_MS = 380;
/** What is carried to the edge of the picture pushes the board along. */
const EDGE = 44;
const PUSH = 9;

const slackOf = (event: PointerEvent): number => (event.pointerType === "mouse" ? SLACK.mouse : SLACK.touch);

export class Hands {
  tool: Tool = "select";
  pen: Colour = "blue";
  /** From which thing a line goes, when it is made by two presses. */
  from = "";
  private grip: Grip | null = null;
  private readonly fingers = new Map<number, Point>();
  private spread = 0;
  private isSpace = false;
  private holding = 0;
  private pushing = 0;
  private finger: Point = { x: 0, y: 0 };

  constructor(private readonly picture: Picture, private readonly doing: Doing, isInset: boolean) {
    const { stage } = picture;
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    stage.addEventListener("pointercancel", (event) => this.cancel(event));
    stage.addEventListener("dblclick", (event) => this.twice(event));
    stage.addEventListener("wheel", (event) => this.wheel(event, isInset), { passive: false });
    stage.addEventListener("contextmenu", (event) => {
      if (this.grip) event.preventDefault();
    });
    window.addEventListener("keydown", (event) => {
      if (event.key === " " && event.target === stage) this.isSpace = true;
      if (event.key === "Escape" && this.grip) this.letGo();
    });
    window.addEventListener("keyup", (event) => {
      if (event.key === " ") this.isSpace = false;
    });
  }

  private get session() { return this.picture.session; }
  private get camera() { return this.picture.camera; }

  private wheel(event: WheelEvent, isInset: boolean): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      return this.camera.zoomBy(Math.exp(-within(event.deltaY, -60, 60) * 0.01), event.clientX, event.clientY);
    }
    // Within a page that scrolls, the wheel is the page's.
    if (isInset) return;
    event.preventDefault();
    const [dx, dy] = event.shiftKey && !event.deltaX ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    this.camera.pan(-dx, -dy);
  }

  private down(event: PointerEvent): void {
    const target = event.target as Element;
    if (target.closest(".above, textarea") || event.button === 2) return;
    this.finger = { x: event.clientX, y: event.clientY };
    this.fingers.set(event.pointerId, this.finger);
    this.picture.stage.setPointerCapture(event.pointerId);
    if (this.fingers.size === 2) {
      this.letGo();
      this.spread = this.pinch().spread;
      return;
    }
    const at = this.camera.toBoard(event.clientX, event.clientY);
    const from = { x: event.clientX, y: event.clientY };
    if (event.button === 1 || this.isSpace) {
      this.grip = { what: "pan", from };
      return event.preventDefault();
    }
    const card = target.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? "";
    const group = target.closest<HTMLElement>("[data-group]")?.dataset["group"] ?? "";
    const thing = card || group;
    switch (this.tool) {
      case "draw":
        this.grip = { what: "stroke", points: [at] };
        return event.preventDefault();
      case "group":
        this.grip = { what: "room", from: at, to: at };
        return event.preventDefault();
      case "connect":
        if (thing) this.grip = { what: "line", id: thing, from };
        else this.grip = { what: "pan", from };
        return event.preventDefault();
      case "dots":
        if (thing) this.dot(thing, event.shiftKey);
        else this.grip = { what: "pan", from };
        return event.preventDefault();
      case "card":
        this.grip = { what: "pan", from };
        return event.preventDefault();
      case "select":
        this.take(event, card, group, at, from);
    }
  }

  private take(event: PointerEvent, card: string, group: string, at: Point, from: Point): void {
    const { layout, model, may } = this.session;
    const target = event.target as Element;
    const line = target.closest<SVGElement>("[data-line], [data-stroke]");
    if (line && !card) {
      this.session.choose(line.dataset["line"] ?? line.dataset["stroke"] ?? "", "picture");
      return;
    }
    const found = model.cards.get(card);
    const rect = layout.cards.get(card) ?? layout.groups.get(group);
    // On a screen that is touched, a thing is carried once it is chosen or the finger has rested on it, so that one can push the board about anywhere.
    const isReady = event.pointerType === "mouse" || this.session.chosen === (card || group);
    if (found && rect) {
      if (event.pointerType === "mouse") this.session.choose(card, "picture");
      const isFree = may.move(found) || may.regroup();
      this.grip = isReady && isFree ? { what: "card", id: card, from, off: { x: at.x - rect.x, y: at.y - rect.y }, isCarried: false } : { what: "pan", from };
      if (isFree && !isReady) this.hold("card", card);
      return;
    }
    const isHead = !!group && !!rect && may.regroup() && !!target.closest(".cl__head");
    if (group && rect && isReady && target.closest(".cl__size") && may.regroup()) this.grip = { what: "size", id: group };
    else if (isHead && isReady) this.grip = { what: "group", id: group, from, off: { x: at.x - rect.x, y: at.y - rect.y }, isCarried: false };
    else this.grip = { what: "pan", from };
    if (isHead && !isReady) this.hold("group", group);
  }

  private hold(what: "card" | "group", id: string): void {
    this.holding = window.setTimeout(() => this.takeUp(what, id), HOLD_MS);
  }

  /** A finger has rested on a card or on the title of a group: now it follows. */
  private takeUp(what: "card" | "group", id: string): void {
    this.holding = 0;
    const rect = this.session.layout.cards.get(id) ?? this.session.layout.groups.get(id);
    if (this.grip?.what !== "pan" || this.fingers.size !== 1 || !rect) return;
    const at = this.camera.toBoard(this.finger.x, this.finger.y);
    this.session.choose(id, "picture");
    const grip: Extract<Grip, { what: "card" | "group" }> = { what, id, from: this.finger, off: { x: at.x - rect.x, y: at.y - rect.y }, isCarried: true };
    this.grip = grip;
    navigator.vibrate?.(12);
    this.picture.render();
    this.carry(grip, at);
  }

  /** While something is carried at the edge, the board moves on under it, so that it can go where nobody sees yet. */
  private push(): void {
    cancelAnimationFrame(this.pushing);
    this.pushing = 0;
    const grip = this.grip;
    if ((grip?.what !== "card" && grip?.what !== "group") || !grip.isCarried) return;
    const box = this.picture.stage.getBoundingClientRect();
    const by = (place: number, low: number, high: number): number => (within((low + EDGE - place) / EDGE, 0, 1) - within((place - high + EDGE) / EDGE, 0, 1)) * PUSH;
    const [dx, dy] = [by(this.finger.x, box.left, box.right), by(this.finger.y, box.top, box.bottom)];
    if (!dx && !dy) return;
    this.camera.pan(dx, dy);
    this.carry(grip, this.camera.toBoard(this.finger.x, this.finger.y));
    this.pushing = requestAnimationFrame(() => this.push());
  }

  private carry(grip: Extract<Grip, { what: "card" | "group" }>, at: Point): void {
    if (grip.what === "card") return this.carryCard(grip, at);
    grip.isCarried = true;
    this.picture.carried = grip.id;
    const element = this.picture.elementOf(grip.id);
    if (element) put(element, at.x - grip.off.x, at.y - grip.off.y);
  }

  private move(event: PointerEvent): void {
    const at = this.camera.toBoard(event.clientX, event.clientY);
    this.session.tell(at.x, at.y, this.picture.carried, this.picture.carried ? "carries" : "");
    const old = this.fingers.get(event.pointerId);
    if (!old) return;
    this.finger = { x: event.clientX, y: event.clientY };
    this.fingers.set(event.pointerId, this.finger);
    if (this.fingers.size === 2) return this.pinched(old, event);
    const grip = this.grip;
    if (!grip) return;
    const far = "from" in grip && grip.what !== "room" ? Math.hypot(event.clientX - grip.from.x, event.clientY - grip.from.y) : 0;
    switch (grip.what) {
      case "pan":
        // A finger that only trembles still rests.
        if (this.holding && far <= slackOf(event)) return;
        this.rest();
        return this.camera.pan(event.clientX - old.x, event.clientY - old.y);
      case "card":
      case "group":
        if (!grip.isCarried && far <= slackOf(event)) return;
        this.carry(grip, at);
        if (!this.pushing) this.push();
        return;
      case "size": {
        const rect = this.session.layout.groups.get(grip.id);
        const element = this.picture.elementOf(grip.id);
        if (rect && element) element.style.width = `${this.columnsTo(at.x - rect.x)}px`;
        return;
      }
      case "room":
        grip.to = at;
        return this.showRoom(grip.from, at);
      case "line": {
        const rect = this.session.layout.cards.get(grip.id) ?? this.session.layout.groups.get(grip.id);
        if (rect) this.picture.ink.show(curve(edge(rect, at), at));
        return;
      }
      case "stroke": {
        const last = grip.points.at(-1)!;
        if (Math.hypot(at.x - last.x, at.y - last.y) * this.camera.zoom > 3 && grip.points.length < MOST.points) grip.points.push(at);
        this.picture.ink.show(smooth(asPoints(grip.points)), this.pen);
      }
    }
  }

  private up(event: PointerEvent): void {
    const isPinch = this.fingers.size > 1;
    this.fingers.delete(event.pointerId);
    const grip = this.grip;
    if (isPinch || !grip) return;
    const at = this.camera.toBoard(event.clientX, event.clientY);
    const isPress = "from" in grip && grip.what !== "room" && Math.hypot(event.clientX - grip.from.x, event.clientY - grip.from.y) <= slackOf(event);
    this.letGo();
    switch (grip.what) {
      case "pan":
        if (isPress) this.press(event, at);
        return;
      case "card":
        if (grip.isCarried && !isPress) this.drop(grip.id, { x: at.x - grip.off.x, y: at.y - grip.off.y });
        else this.press(event, at);
        return;
      case "group": {
        const rect = this.session.layout.groups.get(grip.id);
        if (grip.isCarried && !isPress && rect) this.session.verbs.place(grip.id, { x: at.x - grip.off.x, y: at.y - grip.off.y, ...this.ownSize(grip.id) });
        else this.press(event, at);
        return;
      }
      case "size": {
        const rect = this.session.layout.groups.get(grip.id);
        if (rect) this.session.verbs.place(grip.id, { x: rect.x, y: rect.y, h: this.ownSize(grip.id).h, w: this.columnsTo(at.x - rect.x) });
        return;
      }
      case "room": {
        const [w, h] = [Math.abs(at.x - grip.from.x), Math.abs(at.y - grip.from.y)];
        const isDrawn = w * this.camera.zoom > 40;
        const size = { w: isDrawn ? Math.max(widthFor(1), w) : widthFor(2), h: isDrawn ? Math.max(heightFor(1), h) : heightFor(1) };
        const id = this.session.verbs.group("", [], { x: Math.min(at.x, grip.from.x), y: Math.min(at.y, grip.from.y), ...size });
        this.doing.toolDone();
        return this.doing.rename(id);
      }
      case "line": {
        const to = this.thingAt(event, at);
        if (isPress || !to || to === grip.id) return this.linePress(grip.id);
        this.session.verbs.connect(grip.id, to);
        return;
      }
      case "stroke":
        if (grip.points.length > 1) this.session.verbs.draw(asPoints(grip.points), this.pen, 4);
    }
  }

  private cancel(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    this.letGo();
  }

  private rest(): void {
    window.clearTimeout(this.holding);
    this.holding = 0;
  }

  private letGo(): void {
    this.rest();
    cancelAnimationFrame(this.pushing);
    this.pushing = 0;
    this.grip = null;
    this.picture.carried = "";
    this.picture.ghost.hidden = true;
    this.picture.ghost.style.width = this.picture.ghost.style.height = "";
    this.picture.ink.show("");
    this.picture.stage.classList.remove("is-carrying");
    for (const hot of this.picture.stage.querySelectorAll(".is-hot")) hot.classList.remove("is-hot");
    this.picture.schedule();
  }

  /** A press that moved nothing. */
  private press(event: PointerEvent, at: Point): void {
    const thing = this.thingAt(event, at);
    if (this.tool === "card" && this.session.may.write()) {
      const group = this.session.may.regroup() ? this.session.layout.groupAt(at.x, at.y) : "";
      const id = this.session.verbs.add({ text: "", x: at.x - CARD.w / 2, y: at.y - CARD.h / 2, group });
      this.doing.toolDone();
      return this.doing.write(id);
    }
    if (this.tool === "card") return this.doing.refuse("no_write");
    if (this.from && thing) return this.linePress(thing);
    this.session.choose(thing, "picture");
    this.picture.elementOf(thing)?.focus({ preventScroll: true });
  }

  private linePress(thing: string): void {
    if (this.from && this.from !== thing) {
      this.session.verbs.connect(this.from, thing);
      this.from = "";
    } else this.from = this.from === thing ? "" : thing;
    this.session.choose(thing, "picture");
  }

  private twice(event: MouseEvent): void {
    if ((event.target as Element).closest(".above, textarea") || this.tool !== "select") return;
    const at = this.camera.toBoard(event.clientX, event.clientY);
    const thing = this.thingAt(event, at);
    const { model, may, verbs, layout } = this.session;
    const card = model.cards.get(thing);
    if (card) return may.edit(card) ? this.doing.write(card.id) : this.doing.refuse("no_edit");
    if (thing && (event.target as Element).closest(".cl__head")) return this.doing.rename(thing);
    if (!may.write()) return;
    const group = may.regroup() ? layout.groupAt(at.x, at.y) : "";
    this.doing.write(verbs.add({ text: "", x: at.x - CARD.w / 2, y: at.y - CARD.h / 2, group }));
  }

  private dot(on: string, isBack: boolean): void {
    const { verbs } = this.session;
    this.session.choose(on, "picture");
    if (isBack ? !verbs.undot(on) : !verbs.dot(on)) this.doing.refuse(isBack ? "no_dot_here" : "no_dots_left");
  }

  private thingAt(event: MouseEvent, at: Point): string {
    const element = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-id]");
    if (element) return element.dataset["id"]!;
    const painted = this.session.layout.inSight({ x: at.x, y: at.y, w: 1, h: 1 }).at(-1);
    return painted ?? this.session.layout.groupAt(at.x, at.y);
  }

  private carryCard(grip: Extract<Grip, { what: "card" }>, at: Point): void {
    const { layout, may } = this.session;
    grip.isCarried = true;
    this.picture.carried = grip.id;
    this.picture.stage.classList.add("is-carrying");
    const element = this.picture.elementOf(grip.id);
    if (element) put(element, at.x - grip.off.x, at.y - grip.off.y);
    element?.classList.add("is-carried");
    const group = may.regroup() ? layout.groupAt(at.x, at.y) : "";
    for (const other of this.picture.stage.querySelectorAll<HTMLElement>(".cl")) other.classList.toggle("is-hot", other.dataset["group"] === group);
    const region = group ? "" : layout.regionAt(at.x, at.y);
    for (const other of this.picture.stage.querySelectorAll<HTMLElement>(".rg")) other.classList.toggle("is-hot", other.dataset["region"] === region);
    this.picture.ghost.hidden = !group;
    if (group) {
      const { rect, isLast } = layout.slotAt(group, at.x, at.y, [grip.id]);
      // At the end an empty place waits; between two cards a bar says where it will go.
      this.picture.ghost.classList.toggle("is-bar", !isLast);
      put(this.picture.ghost, isLast ? rect.x : rect.x - 11, rect.y);
    }
    this.picture.schedule();
  }

  private drop(id: string, corner: Point): void {
    const { layout, may, model, verbs } = this.session;
    const card = model.cards.get(id);
    if (!card) return;
    const at = { x: corner.x + CARD.w / 2, y: corner.y + CARD.h / 2 };
    const group = layout.groupAt(at.x, at.y);
    if (group && may.regroup()) return verbs.moveInto(id, group, layout.slotAt(group, at.x, at.y, [id]).index);
    if (card.group && model.standing(card.group) && !may.regroup()) return this.doing.refuse("no_group");
    if (!may.move(card) && !card.group) return this.doing.refuse("no_move");
    verbs.moveTo(id, corner.x, corner.y);
  }

  private showRoom(from: Point, to: Point): void {
    const { ghost } = this.picture;
    ghost.hidden = false;
    ghost.classList.remove("is-bar");
    put(ghost, Math.min(from.x, to.x), Math.min(from.y, to.y));
    ghost.style.width = `${Math.abs(to.x - from.x)}px`;
    ghost.style.height = `${Math.abs(to.y - from.y)}px`;
  }

  private columnsTo(width: number): number {
    return widthFor(Math.max(1, Math.round((width - 24) / (CARD.w + 16))));
  }

  private ownSize(id: string): { w: number; h: number } {
    const { w, h } = this.session.model.groups.get(id)!;
    return { w, h };
  }

  private pinch(): { spread: number; x: number; y: number } {
    const [a, b] = [...this.fingers.values()] as [Point, Point];
    return { spread: Math.hypot(a.x - b.x, a.y - b.y), ...middleOf({ x: a.x, y: a.y, w: b.x - a.x, h: b.y - a.y }) };
  }

  private pinched(old: Point, event: PointerEvent): void {
    const { spread, x, y } = this.pinch();
    this.camera.pan((event.clientX - old.x) / 2, (event.clientY - old.y) / 2);
    if (this.spread) this.camera.zoomBy(spread / this.spread, x, y);
    this.spread = spread;
  }
}

const asPoints = (points: Point[]): string => points.map(({ x, y }) => `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`).join(" ");
