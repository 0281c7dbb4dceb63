/** One board in one page: documents, what is read from them, what may be done, who is here, and how the line stands. */
import * as Y from "yjs";
import { type Deed, Own, perform, typedIn } from "./deeds";
import { Layout } from "./layout";
import { May } from "./may";
import { BoardModel, type Change } from "./model";
import { Provider, type Host, type LinkState } from "./provider";
import { type Canvas, type Card, type Charter, type Colour, FREE, READ_ONLY, type Seat } from "./schema";
import { fillSample, type Sample } from "./sample";
import { Pictures } from "./pictures";
import { Store } from "./store";
import { Sentences, type Words } from "./texts";
import { Verbs } from "./verbs";

/** What the page tells its board, as JSON in it. */
export type Options = {
  uid: string; live: string; seat: string; seats?: Record<string, Seat>; charter?: Charter; canvas?: Canvas | null; phase?: string; ends_in?: number | null;
  sample?: Sample; media?: string; upload?: string; contribution?: string; flag?: string; pictures?: string; fields?: Record<string, string>; calm?: { code: string; sentence: string }; words: Words; title?: string;
};

/** Where each has a drawer, only that somebody is here is told: at which card they hover is theirs. */
export const NOWHERE = { x: 0, y: 0, card: "", doing: "hidden" };
/** How long a board waits for what the browser kept, in milliseconds. */
const PATIENCE_WITH_STORE = 10_000;
export type Here = { alias: string; x: number; y: number; card: string; doing: string; at: number };
export type Clash = { card: string; group: string; aliases: string[] };
export type Refusal = { sentence: string; typed: string };

type Events = {
  change: Change & { moved: Set<string> };
  state: null;
  presence: null;
  phase: string;
  clash: Clash;
  refused: Refusal;
  chosen: { id: string; by: "picture" | "list" };
};

export class Session implements Host {
  documents = { board: new Y.Doc(), drawer: new Y.Doc() };
  readonly model = new BoardModel();
  readonly layout: Layout;
  readonly may: May;
  readonly verbs = new Verbs(this);
  readonly words: Sentences;
  readonly pictures = new Pictures(this);
  readonly here = new Map<string, Here>();
  seats = new Map<string, Seat>();
  phase: string;
  /** When the phase ends, by this page's own running clock (performance.now), as no client's time of day is asked. */
  endsAt: number | null = null;
  /** The paper that the next card is written on. */
  colour: Colour = "yellow";
  chosen = "";
  /** Why no card is written now, as a code; '' where one is. */
  calm: string;
  /** Fresh documents are on their way; what is shown and done meanwhile is about the old ones. */
  isLettingGo = false;
  private provider: Provider | null = null;
  private store: Store | null = null;
  private isUnkept = false;
  private undoing: { manager: Y.UndoManager; name: "board" | "drawer" }[] = [];
  private order: ("board" | "drawer")[] = [];
  private redoOrder: ("board" | "drawer")[] = [];
  private again: Deed[] = [];
  private told = 0;
  private readonly listeners = new Map<keyof Events, Set<(event: never) => void>>();

  constructor(readonly options: Options) {
    this.words = new Sentences(options.words);
    this.phase = options.phase ?? "";
    this.calm = options.calm?.code ?? "";
    this.may = new May(options.charter ?? (options.live ? READ_ONLY : FREE), options.seat, this.model);
    this.layout = new Layout(this.model, options.canvas ?? null);
    this.takeSeats(options.seats ?? {});
    this.takeTime(options.ends_in);
    this.model.watch((change) => this.emit("change", { ...change, moved: this.layout.update(change) }));
    this.bind();
  }

  get seat(): string { return this.may.seat; }
  /** Each has a drawer: nobody sees what the others do. */
  get isQuiet(): boolean { return this.may.charter.drawer !== "none"; }
  get isSeated(): boolean { return this.may.seat !== ""; }
  /** The same as a sentence: the page's own names the day, for what came later there is one for each code. */
  get calmSentence(): string {
    const { calm } = this.options;
    return this.calm && (this.calm === calm?.code ? calm.sentence : this.words.say(`calm_${this.calm}`));
  }
  get isLocal(): boolean { return !this.options.live; }
  get link(): LinkState | "local" { return this.isLocal ? "local" : (this.provider?.state ?? "connecting"); }
  get ended(): { code: string; sentence: string } | null { return this.provider?.ended ?? null; }
  /** How many things were changed here that the server has not confirmed: a card that was laid and written on is one. */
  get waiting(): number {
    const ids = this.pending.flatMap((deed) => ("id" in deed ? [deed.id] : deed.do === "move" ? deed.moves.map((move) => move.id) : deed.ids));
    return new Set(ids).size;
  }

  /** Whether something about this card waits to be confirmed. */
  waits(id: string): boolean {
    return this.pending.some((deed) => ("id" in deed && deed.id === id) || ("moves" in deed && deed.moves.some((move) => move.id === id)));
  }

  private get pending(): Deed[] {
    return [...(this.provider?.unconfirmed ?? []), ...this.again];
  }

  /** Fills the board: from its sample, or from what the browser kept and then the server. */
  async start(): Promise<void> {
    if (this.isLocal) {
      if (this.options.sample) fillSample(this.documents.board, this.options.sample);
      this.model.isFilling = false;
      this.bindUndo();
      return this.emit("state", null);
    }
    this.provider = new Provider(this.options.live, this);
    if (this.seat) await this.openStore();
    this.provider.bind();
    this.provider.connect();
    this.bindUndo();
    this.emit("state", null);
  }

  stop(): void {
    this.provider?.close();
    this.store?.close();
    this.listeners.clear();
  }

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const found = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, found.add(listener));
    return () => found.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) (listener as (event: Events[Name]) => void)(event);
  }

  perform(deed: Deed): void {
    // Into documents that are still empty nothing can be written.
    if (this.isLettingGo) {
      this.again.push(deed);
      return this.changed();
    }
    this.undoing.forEach(({ manager }) => manager.stopCapturing());
    perform(this.documents, this.seat, deed);
  }

  choose(id: string, by: "picture" | "list"): void {
    this.chosen = id;
    this.emit("chosen", { id, by });
  }

  /** Who wrote a card, or from which contribution it came. */
  authorOf(card: Card): string {
    if (card.number) return this.words.say("from_contribution", { number: card.number });
    return this.isSeated && card.by === this.seat ? this.words.say("you") : this.nameOf(card.by);
  }

  /** The name of a seat, else a guest. */
  nameOf(alias: string): string {
    return this.seats.get(alias)?.[0] || this.words.say("guest");
  }

  canUndo(): boolean { return this.order.length > 0; }
  canRedo(): boolean { return this.redoOrder.length > 0; }

  /** Takes back the last thing that was done here, and nothing of others. */
  undo(): void {
    const name = this.order.pop();
    if (!name) return;
    this.redoOrder.push(name);
    this.undoing.find((each) => each.name === name)?.manager.undo();
    this.emit("state", null);
  }

  redo(): void {
    const name = this.redoOrder.pop();
    if (!name) return;
    this.order.push(name);
    this.undoing.find((each) => each.name === name)?.manager.redo();
    this.emit("state", null);
  }

  present(body: unknown): void {
    for (const [alias, x, y, card, doing] of body as [string, number?, number?, string?, string?][]) {
      if (x === undefined || y === undefined) this.here.delete(alias);
      else if (alias !== this.seat) this.here.set(alias, { alias, x, y, card: card ?? "", doing: doing ?? "", at: performance.now() });
    }
    this.emit("presence", null);
  }

  /** Tells the others where one is, at most five times a second. */
  tell(x: number, y: number, card = "", doing = ""): void {
    const now = performance.now();
    if (now - this.told < 200) return;
    this.told = now;
    this.provider?.present(this.isQuiet ? NOWHERE : { x: Math.round(x), y: Math.round(y), card, doing });
  }

  /** What stands beside the documents is another: the views look again. */
  redress(): void {
    this.emit("state", null);
  }

  comeBack(): void {
    this.provider?.again();
  }

  greeted(body: unknown): void {
    const hello = body as { calm?: string; seat: string; seats: Record<string, Seat>; charter: Charter; phase: string; phases?: [string, string][]; ends_in: number | null };
    const isNew = hello.seat !== this.seat;
    // Somebody else uses this browser by now: what was done here is kept on the device and is never sent under another name.
    if (isNew && this.seat) return this.provider?.end({ code: "left", sentence: this.words.say("left") });
    this.may.seat = hello.seat;
    this.seats.clear();
    this.takeSeats(hello.seats);
    this.takeStage(hello);
    // Who sits down only now: the server was asked before the store told what an earlier visit left.
    if (isNew || !this.store) void this.openStore().then(() => { if (this.waiting) this.provider?.refill(); });
  }

  staged(body: unknown): void {
    const stage = body as { calm?: string; seat?: string; phase?: string; ends_in?: number | null; charter?: Charter; seats?: Record<string, Seat> };
    if (stage.seat !== undefined) this.may.seat = stage.seat;
    this.takeSeats(stage.seats ?? {});
    this.takeStage(stage);
  }

  clashed(body: unknown): void {
    const { card, group, aliases } = body as Clash;
    this.emit("clash", { card, group, aliases });
  }

  /** The server said goodbye for a while, and why. */
  paused(sentence: string): void {
    this.emit("refused", { sentence, typed: "" });
  }

  changed(): void {
    this.store?.keep({ done: [...(this.provider?.unconfirmed ?? [])], again: this.again });
    this.emit("state", null);
  }

  filled(): void {
    if (this.isLettingGo) {
      this.isLettingGo = false;
      this.bind();
      this.bindUndo();
    }
    for (let deed = this.again.shift(); deed; deed = this.again.shift()) this.perform(deed);
    this.model.isFilling = false;
  }

  refused(refused: Deed | null, sentence: string, _code: string, again: Deed[]): void {
    if (sentence) this.emit("refused", { sentence, typed: refused ? typedIn(refused) : "" });
    this.letGo(again, true);
  }

  /** Begins with fresh documents: what was refused is nowhere in them. What is to be done again follows once they are filled. */
  private letGo(again: Deed[], tellOthers: boolean): void {
    this.again.push(...again);
    this.isLettingGo = true;
    this.order = [];
    this.redoOrder = [];
    this.store?.letGo(tellOthers);
    this.documents = { board: new Y.Doc(), drawer: new Y.Doc() };
    void this.openStore().then(() => this.provider?.refill());
  }

  /** The server has put what was in the drawer on the board. What had not reached the drawer yet goes to the board now. */
  private emptyDrawer(): void {
    const late = [...(this.provider?.unconfirmed ?? [])].filter((deed): deed is Extract<Deed, { own: boolean }> => "own" in deed && deed.own);
    if (!late.length && !this.documents.drawer.store.clients.size) return;
    late.forEach((deed) => this.provider?.unconfirmed.delete(deed));
    this.documents = { board: this.documents.board, drawer: new Y.Doc() };
    this.store?.changeDrawer(this.documents.drawer);
    this.provider?.bind();
    this.bind();
    this.bindUndo();
    late.forEach((deed) => this.perform({ ...deed, own: false }));
  }

  /** Opens what the browser keeps. One that keeps nothing or hangs must not hold up the board: what it may hold stays for the next visit. */
  private async openStore(): Promise<void> {
    if (this.isUnkept) return;
    this.store ??= new Store(this.options.uid, this.seat, () => this.letGo([...(this.provider?.unconfirmed ?? [])], false));
    const { board } = this.documents;
    const isFresh = this.isLettingGo;
    const left = await Promise.race([this.store.open(this.documents, isFresh), new Promise<null>((done) => setTimeout(() => done(null), PATIENCE_WITH_STORE))]);
    if (board !== this.documents.board) return;
    if (!left) {
      this.isUnkept = true;
      this.store.close();
      this.store = null;
      return this.emit("state", null);
    }
    left.done.forEach((deed) => this.provider?.unconfirmed.add(deed));
    this.again.push(...left.again);
    // Together they may be more than one update can hold.
    if (left.again.length && this.provider) this.provider.oneByOne = true;
    this.changed();
  }

  private bind(): void {
    this.model.bind(this.documents.board, this.documents.drawer);
  }

  private bindUndo(): void {
    this.undoing.splice(0).forEach(({ manager }) => manager.destroy());
    this.order = [];
    this.redoOrder = [];
    for (const name of ["board", "drawer"] as const) {
      const doc = this.documents[name];
      const scope = ["cards", "groups", "lines", "strokes", "dots"].map((root) => doc.getMap(root));
      const manager = new Y.UndoManager(scope, { trackedOrigins: new Set([Own]), captureTimeout: 0 });
      manager.on("stack-item-added", ({ type, origin }: { type: string; origin: unknown }) => {
        if (type !== "undo" || !(origin instanceof Own)) return;
        this.order.push(name);
        this.redoOrder = [];
        this.emit("state", null);
      });
      this.undoing.push({ manager, name });
    }
  }

  private takeSeats(seats: Record<string, Seat>): void {
    for (const [alias, seat] of Object.entries(seats)) this.seats.set(alias, seat);
  }

  private takeStage(stage: { calm?: string; phase?: string; ends_in?: number | null; charter?: Charter }): void {
    const isNew = stage.phase !== undefined && stage.phase !== this.phase;
    if (stage.phase !== undefined) this.phase = stage.phase;
    if (stage.calm !== undefined) this.calm = stage.calm;
    if (stage.charter) {
      this.may.charter = stage.charter;
      if (!this.isQuiet) this.emptyDrawer();
      else for (const here of this.here.values()) Object.assign(here, NOWHERE);
    }
    if (stage.ends_in !== undefined) this.takeTime(stage.ends_in);
    this.emit("state", null);
    if (isNew) this.emit("phase", this.phase);
  }

  private takeTime(seconds: number | null | undefined): void {
    this.endsAt = seconds === null || seconds === undefined ? null : performance.now() + seconds * 1_000;
  }
}
