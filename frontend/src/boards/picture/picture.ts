/** The board as a picture: only what is in sight is in the page, from afar cards are painted, and everything follows the documents. */
import { CARD, meets, type Rect } from "../layout";
import type { Session } from "../session";
import { Camera } from "./camera";
import { Cursors } from "./cursors";
import { Ink } from "./ink";
import { Minimap, paints } from "./minimap";
import { cardLabel, dressCard, dressGroup, make, makeCard, makeGroup, makeRegion, put } from "./things";

/** Smaller than this nobody reads a card: then it is painted. */
const LEGIBLE = 0.26;
const MOST_ELEMENTS = 500;
const AROUND = 160;

export class Picture {
  readonly camera: Camera;
  readonly ink: Ink;
  readonly cursors: Cursors;
  readonly world = make("div", "world");
  readonly over = make("div", "above");
  readonly ghost = make("div", "ghost");
  private readonly far = make("canvas", "far");
  private readonly regions = make("div", "world__part");
  private readonly groupLayer = make("div", "world__part");
  private readonly cardLayer = make("div", "world__part");
  private readonly looseLabel = make("p", "loose");
  private readonly cards = new Map<string, HTMLElement>();
  private readonly groups = new Map<string, HTMLElement>();
  private readonly map: Minimap | null;
  private frame = 0;
  private changed = new Set<string>();
  private isStale = true;
  /** What is being carried by this pointer, and stays where the hand is. */
  carried = "";
  /** Called after each picture, for what floats above it. */
  whenDrawn: () => void = () => undefined;

  constructor(readonly session: Session, readonly stage: HTMLElement, small: HTMLCanvasElement | null) {
    this.camera = new Camera(stage, () => this.schedule());
    this.ink = new Ink(session);
    this.cursors = new Cursors(session, this.camera);
    this.map = small && new Minimap(small, session, this.camera);
    this.far.setAttribute("aria-hidden", "true");
    this.ghost.hidden = true;
    this.looseLabel.hidden = true;
    this.world.append(this.regions, this.groupLayer, this.looseLabel, this.ghost, this.ink.layer, this.cardLayer, this.ink.upper);
    stage.append(this.world, this.far, this.cursors.layer, this.over);
    this.drawRegions();
    session.on("change", ({ ids, moved }) => {
      for (const id of [...ids.cards, ...ids.groups, ...moved]) this.changed.add(id);
      for (const id of ids.dots) this.changed.add(session.model.dots.get(id)?.on ?? "*");
      this.isStale = true;
      this.schedule();
    });
    session.on("presence", () => this.schedule());
    session.on("state", () => {
      this.changed.add("*");
      this.drawRegions();
      this.schedule();
    });
    session.on("chosen", ({ id, by }) => {
      if (by === "list" && id) this.reveal(id);
      this.isStale = true;
      this.schedule();
    });
    new ResizeObserver(() => this.schedule()).observe(stage);
  }

  get isFar(): boolean {
    return this.camera.zoom < LEGIBLE;
  }

  elementOf(id: string): HTMLElement | undefined {
    return this.cards.get(id) ?? this.groups.get(id);
  }

  reveal(id: string): void {
    const rect = this.session.layout.cards.get(id) ?? this.session.layout.groups.get(id);
    if (rect) this.camera.reveal(rect, this.session.model.cards.has(id) ? 0.5 : 0.3);
  }

  /** Moves the keyboard's focus to a card, whether it is in the page yet or not. */
  focus(id: string): void {
    this.session.choose(id, "picture");
    this.reveal(id);
    this.render();
    this.cards.get(id)?.focus({ preventScroll: true });
  }

  /** Beside the tools, where they stand at the picture's side. */
  get sides(): { left: number; right: number } {
    if (this.camera.width < 700) return { left: 16, right: 16 };
    return document.documentElement.dir === "rtl" ? { left: 24, right: 88 } : { left: 88, right: 24 };
  }

  fit(glide = true): void {
    const inset = { ...this.sides, ...(this.camera.width < 700 ? { top: this.top, bottom: 96 } : { top: 24, bottom: 24 }) };
    const { layout } = this.session;
    if (layout.cards.size || layout.groups.size || layout.canvas) this.camera.fit(layout.bounds(), { glide, inset });
    else this.camera.show(0, 0, 1);
  }

  /** Below what lies over the picture where no list stands beside it: how close one is, and what is asked or why nothing is. */
  get top(): number {
    const over = this.stage.parentElement?.querySelectorAll<HTMLElement>(".bd__ask, .bd__hint") ?? [];
    return 72 + [...over].reduce((height, part) => height + part.offsetHeight, 0);
  }

  /** So wide from the upper corner of the poster on, at half its size at least. */
  fitWidth(width: number): void {
    const isRtl = document.documentElement.dir === "rtl";
    const zoom = Math.min(1, Math.max(0.5, (this.camera.width - 112) / width));
    this.camera.show(0, 0, zoom, isRtl ? 24 : 88, 24);
  }

  schedule(): void {
    this.frame ||= requestAnimationFrame(() => this.render());
  }

  render(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { camera, session } = this;
    this.world.style.transform = `translate(${camera.x}px, ${camera.y}px) scale(${camera.zoom})`;
    this.world.style.setProperty("--grow", String(Math.min(1.8, Math.max(1, 0.62 / camera.zoom))));
    this.world.style.setProperty("--fine", String(1 / camera.zoom));
    this.stage.style.setProperty("--step", `${24 * camera.zoom * (camera.zoom < 0.5 ? 4 : 1)}px`);
    this.stage.style.setProperty("--from-x", `${camera.x}px`);
    this.stage.style.setProperty("--from-y", `${camera.y}px`);
    this.stage.classList.toggle("is-far", this.isFar);
    const view = camera.view(AROUND);
    const seen = session.layout.inSight(view);
    const isPainted = this.isFar || seen.length > MOST_ELEMENTS;
    const wanted = new Set(isPainted ? [] : seen);
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["id"] : undefined;
    for (const id of [session.chosen, this.carried, focused]) if (id && session.layout.cards.has(id)) wanted.add(id);
    this.renderGroups(view);
    this.renderCards(wanted);
    this.paint(isPainted ? seen : [], wanted);
    if (this.isStale) this.ink.update();
    this.renderLoose();
    this.cursors.update();
    this.map?.draw();
    this.changed.clear();
    this.isStale = false;
    this.whenDrawn();
  }

  private renderCards(wanted: Set<string>): void {
    const { layout, model } = this.session;
    for (const [id, element] of this.cards) {
      if (wanted.has(id)) continue;
      element.remove();
      this.cards.delete(id);
    }
    const all = this.changed.has("*");
    for (const id of wanted) {
      const card = model.cards.get(id);
      const rect = layout.cards.get(id);
      if (!card || !rect) continue;
      let element = this.cards.get(id);
      const isNew = !element;
      if (!element) {
        element = makeCard(id);
        this.cards.set(id, element);
        this.cardLayer.append(element);
      }
      if (isNew || all || this.changed.has(id)) dressCard(element, card, this.session);
      else if (this.changed.has(card.group)) element.setAttribute("aria-label", cardLabel(this.session, card));
      const isHere = this.session.chosen === id;
      element.classList.toggle("is-here", isHere);
      element.tabIndex = isHere ? 0 : -1;
      const carrier = this.cursors.carrier(id);
      element.classList.toggle("is-carried", !!carrier || this.carried === id);
      if (carrier) put(element, carrier.x - CARD.w * 0.7, carrier.y - CARD.h * 0.8);
      else if (this.carried !== id) put(element, rect.x, rect.y);
    }
    this.keepOneStop();
  }

  /** One card is always the way in for the tabulator. */
  private keepOneStop(): void {
    if (this.session.chosen && this.cards.has(this.session.chosen)) return;
    const first = this.cards.values().next().value;
    if (first) first.tabIndex = 0;
  }

  private renderGroups(view: Rect): void {
    const { layout, model } = this.session;
    const all = this.changed.has("*");
    for (const [id, element] of this.groups) {
      const rect = layout.groups.get(id);
      if (rect && meets(rect, view)) continue;
      element.remove();
      this.groups.delete(id);
    }
    for (const [id, rect] of layout.groups) {
      const group = model.groups.get(id);
      if (!group || !meets(rect, view)) continue;
      let element = this.groups.get(id);
      const isNew = !element;
      if (!element) {
        element = makeGroup(id);
        this.groups.set(id, element);
        this.groupLayer.append(element);
      }
      const isTouched = isNew || all || this.changed.has(id) || layout.cardsOf(id).some((card) => this.changed.has(card));
      if (isTouched && this.carried !== id) dressGroup(element, group, rect, this.session);
      element.classList.toggle("is-here", this.session.chosen === id);
    }
  }

  /** Cards from afar: their papers, painted in one go. */
  private paint(ids: string[], shown: Set<string>): void {
    const isUsed = ids.length > 0 || this.isFar;
    this.far.hidden = !isUsed;
    if (!isUsed) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.camera.width * ratio), Math.round(this.camera.height * ratio)];
    if (this.far.width !== width) this.far.width = width;
    if (this.far.height !== height) this.far.height = height;
    const brush = this.far.getContext("2d")!;
    const { x, y, zoom } = this.camera;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, width, height);
    brush.setTransform(ratio * zoom, 0, 0, ratio * zoom, ratio * x, ratio * y);
    brush.textBaseline = "top";
    const colours = paints(this.stage);
    const { layout, model } = this.session;
    for (const id of ids) {
      if (shown.has(id)) continue;
      const rect = layout.cards.get(id)!;
      brush.fillStyle = colours[`--bd-${model.cards.get(id)?.colour ?? "white"}`]!;
      brush.fillRect(rect.x, rect.y, rect.w, rect.h);
      brush.fillStyle = colours["--bd-card-ink"]!;
      brush.globalAlpha = 0.32;
      const length = model.cards.get(id)?.text.length ?? 0;
      for (let line = 0; line < Math.min(4, Math.ceil(length / 18)); line++) brush.fillRect(rect.x + 14, rect.y + 18 + line * 21, Math.min(140, (length - line * 18) * 7.5), 7);
      brush.globalAlpha = 1;
    }
    if (!this.isFar) return;
    // From afar a title is as large on the screen as nearby, on a strip of its own over the papers.
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.font = `600 13px ${getComputedStyle(this.stage).fontFamily}`;
    for (const [id, rect] of layout.groups) this.paintTitle(brush, model.groups.get(id)?.title || this.session.words.say("unnamed"), rect, colours);
    for (const region of layout.canvas?.regions ?? []) this.paintTitle(brush, region.title, region, colours);
  }

  private paintTitle(brush: CanvasRenderingContext2D, title: string, rect: Rect, colours: Record<string, string>): void {
    const { x, y } = this.camera.toStage(rect.x, rect.y);
    const room = rect.w * this.camera.zoom - 10;
    if (room < 36 || x > this.camera.width || y > this.camera.height || x + room < 0 || y + 20 < 0) return;
    let text = title;
    while (text && brush.measureText(text === title ? text : `${text}…`).width > room) text = text.slice(0, -1).trimEnd();
    if (text !== title) text += "…";
    brush.fillStyle = colours["--bd-group"]!;
    brush.fillRect(x + 1, y + 1, Math.min(room + 8, brush.measureText(text).width + 10), 18);
    brush.fillStyle = colours["--cd-ink"]!;
    brush.fillText(text, x + 5, y + 3);
  }

  private renderLoose(): void {
    if (!this.isStale) return;
    const { layout } = this.session;
    const loose = layout.groups.size && !layout.canvas?.regions.length ? layout.loose() : [];
    const places = loose.map((card) => layout.cards.get(card.id)!);
    const x = Math.min(...places.map((rect) => rect.x));
    const y = Math.min(...places.map((rect) => rect.y)) - 34;
    const isFree = loose.length > 0 && ![...layout.groups.values()].some((rect) => meets(rect, { x, y, w: 200, h: 30 }));
    this.looseLabel.hidden = !isFree;
    if (!isFree) return;
    put(this.looseLabel, x, y);
    this.looseLabel.replaceChildren(make("b", "", this.session.words.say("without_group")), make("span", "", this.session.words.count("cards", loose.length)));
  }

  private drawRegions(): void {
    const regions = this.session.layout.canvas?.regions ?? [];
    if (this.regions.childElementCount === regions.length) return;
    this.regions.replaceChildren(...regions.map(makeRegion));
  }
}
