/** Mouse, pen and fingers on the picture: carry, drop, pan, pinch, draw, connect, give dots. */
import { CARD, heightFor, widthFor } from "../layout";
import { type Colour, MOST, within } from "../schema";
import { Carrying } from "./carrying";
import { edge, curve, smooth } from "./ink";
import type { Picture } from "./picture";
import { EdgePush } from "./push";
import { Fingers, type Point, slackOf } from "./touch";

export type Tool = "select" | "card" | "group" | "connect" | "dots" | "draw";

export interface Doing {
  write(id: string): void;
  rename(id: string): void;
  toolDone(): void;
  refuse(key: string): void;
}

type Grip =
  | { what: "pan"; from: Point }
  | { what: "card"; id: string; from: Point; off: Point; isCarried: boolean }
  | { what: "group"; id: string; from: Point; off: Point; isCarried: boolean }
  | { what: "size"; id: string }
  | { what: "room"; from: Point; to: Point }
  | { what: "line"; id: string; from: Point }
  | { what: "stroke"; points: Point[] };

type Carried = Extract<Grip, { what: "card" | "group" }>;

export class Hands {
  tool: Tool = "select";
  pen: Colour = "blue";
  /** From which thing a line goes, when it is made by two presses. */
  from = "";
  private grip: Grip | null = null;
  private readonly fingers: Fingers;
  private readonly carrying: Carrying;
  private readonly push: EdgePush;
  private isSpace = false;

  constructor(private readonly picture: Picture, private readonly doing: Doing, isInset: boolean) {
    const { stage, camera } = picture;
    this.fingers = new Fingers(camera);
    this.carrying = new Carrying(picture, (key) => doing.refuse(key));
    this.push = new EdgePush(stage, camera);
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
    this.fingers.down(event);
    this.picture.stage.setPointerCapture(event.pointerId);
    if (this.fingers.count === 2) return this.letGo();
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
    this.fingers.hold(() => this.takeUp(what, id));
  }

  /** A finger has rested on a card or on the title of a group: now it follows. */
  private takeUp(what: "card" | "group", id: string): void {
    const { last } = this.fingers;
    const rect = this.session.layout.cards.get(id) ?? this.session.layout.groups.get(id);
    if (this.grip?.what !== "pan" || this.fingers.count !== 1 || !rect) return;
    const at = this.camera.toBoard(last.x, last.y);
    this.session.choose(id, "picture");
    const grip: Carried = { what, id, from: last, off: { x: at.x - rect.x, y: at.y - rect.y }, isCarried: true };
    this.grip = grip;
    navigator.vibrate?.(12);
    this.picture.render();
    this.carry(grip, at);
  }

  private carry(grip: Carried, at: Point): void {
    grip.isCarried = true;
    this.carrying.follow(grip.what, grip.id, at, cornerOf(grip, at));
  }

  /** What is in the hand now, once it has left its place. */
  private get carried(): Carried | null {
    const { grip } = this;
    return (grip?.what === "card" || grip?.what === "group") && grip.isCarried ? grip : null;
  }

  private move(event: PointerEvent): void {
    const at = this.camera.toBoard(event.clientX, event.clientY);
    this.session.tell(at.x, at.y, this.picture.carried, this.picture.carried ? "carries" : "");
    const old = this.fingers.move(event);
    if (!old) return;
    if (this.fingers.count === 2) return this.fingers.pinched(old, event);
    const grip = this.grip;
    if (!grip) return;
    const far = "from" in grip && grip.what !== "room" ? Math.hypot(event.clientX - grip.from.x, event.clientY - grip.from.y) : 0;
    switch (grip.what) {
      case "pan":
        // A finger that only trembles still rests.
        if (this.fingers.isResting && far <= slackOf(event)) return;
        this.fingers.stir();
        return this.camera.pan(event.clientX - old.x, event.clientY - old.y);
      case "card":
      case "group":
        if (!grip.isCarried && far <= slackOf(event)) return;
        this.carry(grip, at);
        if (!this.push.isOn) this.push.start(() => this.carried && this.fingers.last, () => this.follow());
        return;
      case "size":
        return this.carrying.showSize(grip.id, at);
      case "room":
        grip.to = at;
        return this.carrying.showRoom(grip.from, at);
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
    const isPinch = this.fingers.count > 1;
    this.fingers.up(event);
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
        return grip.isCarried && !isPress ? this.carrying.dropCard(grip.id, cornerOf(grip, at)) : this.press(event, at);
      case "group":
        return grip.isCarried && !isPress ? this.carrying.dropGroup(grip.id, cornerOf(grip, at)) : this.press(event, at);
      case "size":
        return this.carrying.setSize(grip.id, at);
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
    this.fingers.up(event);
    this.letGo();
  }

  /** The board has moved under the hand: what it carries stays in it. */
  private follow(): void {
    const { last } = this.fingers;
    if (this.carried) this.carry(this.carried, this.camera.toBoard(last.x, last.y));
  }

  private letGo(): void {
    this.fingers.stir();
    this.push.stop();
    this.grip = null;
    this.carrying.end();
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
}

/** Where the upper left corner of what is in the hand lies on the board. */
const cornerOf = ({ off }: Carried, at: Point): Point => ({ x: at.x - off.x, y: at.y - off.y });
const asPoints = (points: Point[]): string => points.map(({ x, y }) => `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`).join(" ");
