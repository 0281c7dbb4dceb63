/**
 * Keeps the documents of a board and its live process together: sends what is done here, takes in what others do, knows what is
 * confirmed and what waits, and comes back by itself with growing, shuffled pauses.
 */
import { IndexeddbPersistence } from "y-indexeddb";
import * as Y from "yjs";
import { type Deed, Own } from "./deeds";
import { newId } from "./schema";
import { askState, type Drawer, KIND, type Received, received, sendEdit, sendMissing, sendPresence } from "./wire";

export type Documents = { board: Y.Doc; drawer: Y.Doc };
/** `offline`: the network is gone; `searching`: it is there but the board does not answer yet; `ended`: the server said goodbye. */
export type LinkState = "connecting" | "open" | "searching" | "offline" | "ended";

export interface Host {
  documents: Documents;
  /** Sits at the board; else one watches. */
  readonly isSeated: boolean;
  greeted(body: unknown): void;
  staged(body: unknown): void;
  present(body: unknown): void;
  clashed(body: unknown): void;
  paused(sentence: string): void;
  /** What waits or how the line stands has changed. */
  changed(): void;
  /** Both documents hold what the server has. */
  filled(): void;
  /** The server did not take these deeds; `again` is to be done anew, one by one, on fresh documents. */
  refused(refused: Deed | null, sentence: string, code: string, again: Deed[]): void;
}

type Sent = { number: number; drawer: Drawer; deeds: Deed[] };

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;
const TOGETHER = 40;
const PATIENCE = 12_000;
/** Bytes of one update; the server takes no more. */
const LARGEST = 250_000;
/** Where the server says goodbye for a while only. */
const COMES_BACK = new Set(["slow", "unwell", "fast"]);
const DRAWERS: Drawer[] = [0, 1];
/** Updates with this origin came from the server, another tab or the store: they are not sent again. */
export const ELSEWHERE = Symbol("elsewhere");

export class Provider {
  state: LinkState = "connecting";
  ended: { code: string; sentence: string } | null = null;
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private retry = 0;
  private guard = 0;
  private number = 0;
  private isReady = false;
  /** The last sequence of the log that the board here holds. */
  private sequence = 0;
  /** The same when the line was lost: what was done since knows nothing newer, whatever comes before the greeting is over. */
  private before = 0;
  private filledDrawers = new Set<Drawer>();
  private sent: Sent[] = [];
  private fresh: { drawer: Drawer; update: Uint8Array; deeds: Deed[] }[] = [];
  private timer = 0;
  private readonly unbind: (() => void)[] = [];
  /** Deeds that the server has not confirmed, in their order. */
  readonly unconfirmed = new Set<Deed>();
  private readonly doneAgain = new WeakSet<Deed>();
  /** While true, each deed is sent as an edit of its own. */
  oneByOne = false;

  constructor(private readonly url: string, private readonly host: Host) {
    window.addEventListener("online", this.whenOnline);
    window.addEventListener("offline", this.whenOffline);
  }

  /** Listens to the host's documents; again after it took fresh ones. */
  bind(): void {
    this.unbind.splice(0).forEach((stop) => stop());
    const { board, drawer } = this.host.documents;
    [board, drawer].forEach((doc, index) => {
      const listen = (update: Uint8Array, origin: unknown): void => {
        if (origin !== ELSEWHERE && !(origin instanceof IndexeddbPersistence)) this.take(index as Drawer, update, origin instanceof Own ? origin.deed : { do: "undo", id: newId(), own: index === 1 });
      };
      doc.on("update", listen);
      this.unbind.push(() => doc.off("update", listen));
    });
  }

  connect(): void {
    window.clearTimeout(this.retry);
    if (this.socket || this.ended) return;
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => {
      if (this.socket === socket) this.hear(received(event.data));
    });
    socket.addEventListener("close", () => {
      if (this.socket === socket) this.lost();
    });
  }

  /** Comes back after a goodbye, because somebody asked for it. */
  again(): void {
    this.ended = null;
    this.pause = FIRST_PAUSE;
    this.connect();
  }

  /** Ends for good, until somebody asks for it again. */
  end(goodbye: { code: string; sentence: string }): void {
    this.ended = goodbye;
    this.socket?.close();
    this.lost();
  }

  close(): void {
    window.removeEventListener("online", this.whenOnline);
    window.removeEventListener("offline", this.whenOffline);
    this.unbind.splice(0).forEach((stop) => stop());
    window.clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  present(body: unknown): void {
    if (this.isReady && (this.socket?.bufferedAmount ?? 1) === 0) this.socket?.send(sendPresence(body));
  }

  /** After the documents were let go: ask for everything anew. */
  refill(): void {
    this.filledDrawers.clear();
    this.fresh = [];
    this.bind();
    if (this.socket?.readyState === WebSocket.OPEN) this.ask();
  }

  private readonly whenOnline = (): void => {
    this.pause = FIRST_PAUSE;
    this.connect();
  };

  private readonly whenOffline = (): void => {
    const socket = this.socket;
    if (socket) this.lost();
    socket?.close();
    this.set("offline");
  };

  private set(state: LinkState): void {
    if (this.ended && state !== "open") state = "ended";
    this.state = state;
    this.host.changed();
  }

  private lost(): void {
    this.socket = null;
    this.isReady = false;
    this.filledDrawers.clear();
    // What was sent and not confirmed goes with the next greeting as one: Yjs knows what the server has of it.
    this.sent = [];
    this.fresh = [];
    window.clearTimeout(this.guard);
    this.set(navigator.onLine ? "searching" : "offline");
    if (this.ended) return;
    this.retry = window.setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
  }

  private ask(): void {
    for (const drawer of this.drawers) this.socket?.send(askState(drawer, Y.encodeStateVector(this.docOf(drawer))));
  }

  private docOf(drawer: Drawer): Y.Doc {
    return drawer ? this.host.documents.drawer : this.host.documents.board;
  }

  /** Who only watches has no drawer. */
  private get drawers(): Drawer[] {
    return this.host.isSeated ? DRAWERS : [0];
  }

  private hear(message: Received | null): void {
    if (!message) return;
    switch (message.kind) {
      case KIND.hello:
        this.number = 0;
        this.sent = [];
        this.before = this.sequence;
        this.host.greeted(message.body);
        return this.ended ? undefined : this.ask();
      case KIND.stage: return this.host.staged(message.body);
      case KIND.presence: return this.host.present(message.body);
      case KIND.clash: return this.host.clashed(message.body);
      case KIND.missing:
        this.apply(message.drawer, message.update);
        if (!message.drawer) this.sequence = message.sequence;
        this.filledDrawers.add(message.drawer);
        return this.maybeReady();
      case KIND.update:
        if (!message.drawer) this.sequence = message.sequence;
        return this.apply(message.drawer, message.update);
      case KIND.state: return this.answer(message.drawer, message.vector);
      case KIND.confirmed: return this.confirm(message.drawer, message.number);
      case KIND.refused: return this.refuse(message.drawer, message.number, message.sentence, message.code);
      case KIND.bye:
        if (!COMES_BACK.has(message.code)) return this.end(message);
        this.pause = LONGEST_PAUSE / 4;
        this.host.paused(message.sentence);
        this.socket?.close();
        return this.lost();
    }
  }

  private apply(drawer: Drawer, update: Uint8Array): void {
    Y.applyUpdate(this.docOf(drawer), update, ELSEWHERE);
  }

  private maybeReady(): void {
    if (this.filledDrawers.size < this.drawers.length) return;
    this.pause = FIRST_PAUSE;
    if (!this.isReady) this.isReady = true;
    this.host.filled();
    this.set("open");
    this.flush();
  }

  /** What this page has beyond the server: done while it was away. */
  private answer(drawer: Drawer, vector: Uint8Array): void {
    const doc = this.docOf(drawer);
    const theirs = Y.decodeStateVector(vector);
    const isAhead = [...Y.decodeStateVector(Y.encodeStateVector(doc))].some(([client, clock]) => clock > (theirs.get(client) ?? 0));
    const deeds = [...this.unconfirmed].filter((deed) => drawerOf(deed, this.host.documents) === drawer);
    this.fresh = this.fresh.filter((waiting) => waiting.drawer !== drawer);
    if (!isAhead && !deeds.length) return;
    const update = Y.encodeStateAsUpdate(doc, vector);
    if (update.length > LARGEST && deeds.length > 1) return this.bringInPieces();
    this.sent.push({ number: 0, drawer, deeds });
    this.socket?.send(sendMissing(drawer, this.before, update));
    this.watch();
  }

  /** Too much for one piece, as after a day of drawing without a network: it is done again on fresh documents, deed by deed. */
  private bringInPieces(): void {
    this.beginAnew(null, "", "large");
    this.bind();
    // What the server is just telling is about the documents as they were.
    const socket = this.socket;
    this.lost();
    socket?.close();
  }

  private take(drawer: Drawer, update: Uint8Array, deed: Deed): void {
    this.unconfirmed.add(deed);
    this.host.changed();
    if (!this.isReady) return;
    this.fresh.push({ drawer, update, deeds: [deed] });
    if (this.oneByOne) return this.flush();
    this.timer ||= window.setTimeout(() => this.flush(), TOGETHER);
  }

  private flush(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    if (!this.isReady || this.socket?.readyState !== WebSocket.OPEN) return;
    const waiting = this.fresh.splice(0);
    for (const drawer of DRAWERS) {
      const mine = waiting.filter((each) => each.drawer === drawer);
      if (!mine.length) continue;
      this.number += 1;
      this.sent.push({ number: this.number, drawer, deeds: mine.flatMap((each) => each.deeds) });
      this.socket.send(sendEdit(drawer, this.number, this.sequence, Y.mergeUpdates(mine.map((each) => each.update))));
    }
    this.watch();
  }

  /** A line that confirms nothing for so long is dead, whatever the browser believes. */
  private watch(): void {
    window.clearTimeout(this.guard);
    if (!this.sent.length) return;
    this.guard = window.setTimeout(() => {
      const socket = this.socket;
      this.lost();
      socket?.close();
    }, PATIENCE);
  }

  private pull(drawer: Drawer, number: number): Sent | undefined {
    const index = this.sent.findIndex((each) => each.number === number && each.drawer === drawer);
    return index < 0 ? undefined : this.sent.splice(index, 1)[0];
  }

  private confirm(drawer: Drawer, number: number): void {
    this.pull(drawer, number)?.deeds.forEach((deed) => this.unconfirmed.delete(deed));
    this.watch();
    if (!this.unconfirmed.size) this.oneByOne = false;
    this.host.changed();
  }

  private refuse(drawer: Drawer, number: number, sentence: string, code: string): void {
    const entry = this.pull(drawer, number);
    // An edit that was on its way when another one was refused stands on what is no longer there: it is done again with the others.
    if (!entry) return;
    const one = entry.deeds.length === 1 ? entry.deeds[0]! : null;
    // What builds on something that went meanwhile, as when the board was laid anew, is not at fault: it is done once more.
    const alone = one && (code !== "missing" || this.doneAgain.has(one)) ? one : null;
    if (alone) this.unconfirmed.delete(alone);
    else if (one) this.doneAgain.add(one);
    this.beginAnew(alone, alone || !entry.deeds.length ? sentence : "", code);
  }

  /** What is not confirmed is done again on fresh documents, one by one. */
  private beginAnew(refused: Deed | null, sentence: string, code: string): void {
    const again = [...this.unconfirmed];
    this.unconfirmed.clear();
    this.sent = [];
    this.fresh = [];
    this.oneByOne = true;
    window.clearTimeout(this.guard);
    this.host.refused(refused, sentence, code, again);
  }
}

/** Where a deed is written. */
function drawerOf(deed: Deed, { board, drawer }: Documents): Drawer {
  if ("own" in deed) return deed.own ? 1 : 0;
  if (!("id" in deed)) return 0;
  const isPrivate = (root: string): boolean => drawer.getMap(root).has(deed.id) && !board.getMap(root).has(deed.id);
  return isPrivate("cards") || isPrivate("dots") ? 1 : 0;
}
