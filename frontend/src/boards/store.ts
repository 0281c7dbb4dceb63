/** What a browser keeps of a board: both documents and what waits in IndexedDB, and the other tabs of the same person. */
import { IndexeddbPersistence } from "y-indexeddb";
import * as Y from "yjs";
import type { Deed } from "./deeds";
import { type Documents, ELSEWHERE } from "./provider";

type Heard = { what: "update"; drawer: number; update: Uint8Array } | { what: "let go" };
/** `again`: what is still to be done, on documents that are yet to be filled. */
type Kept = { tab: string; deed: Deed; again: boolean };
export type Left = { done: Deed[]; again: Deed[] };

const TAB = Math.random().toString(36).slice(2);

export class Store {
  private readonly base: string;
  private readonly channel: BroadcastChannel | null;
  private kept: IndexeddbPersistence[] = [];
  private docs: Y.Doc[] = [];
  private readonly unbind: (() => void)[] = [];
  private newest: Kept[] | null = null;
  private isWriting = false;

  constructor(uid: string, seat: string, private readonly whenLetGo: () => void) {
    this.base = `board-${uid}-${seat}`;
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(this.base) : null;
  }

  /** Loads both documents; gives the deeds that an earlier visit could not bring to the server. Fresh ones begin with nothing. */
  async open(documents: Documents, isFresh: boolean): Promise<Left> {
    this.unbind.splice(0).forEach((stop) => stop());
    const name = `${this.base}-${this.turn}`;
    this.docs = [documents.board, documents.drawer];
    if (this.channel) {
      this.channel.onmessage = ({ data }: MessageEvent<Heard>): void => {
        if (data.what === "let go") this.whenLetGo();
        else Y.applyUpdate(this.docs[data.drawer] ?? documents.board, data.update, ELSEWHERE);
      };
      this.docs.forEach((doc, drawer) => this.tellTabs(doc, drawer));
    }
    try {
      this.kept = this.docs.map((doc, drawer) => new IndexeddbPersistence(drawer ? `${name}-drawer` : name, doc));
      // Of a browser that keeps nothing (a private window) `whenSynced` says nothing, but asking for something does.
      const [waiting] = await Promise.all([this.kept[0]?.get("waiting"), ...this.kept.map((each) => each.whenSynced)]);
      const kept = isFresh ? [] : ((waiting as Kept[] | undefined) ?? []);
      const left = { done: kept.filter(({ again }) => !again).map(({ deed }) => deed), again: kept.filter(({ again }) => again).map(({ deed }) => deed) };
      // What earlier visits left behind is this tab's to bring along from now on: it stands there once, under this tab's name.
      if (kept.length) this.keep(left);
      return left;
    } catch {
      return { done: [], again: [] };
    }
  }

  /** Remembers what waits, so that the next visit knows of it. */
  keep({ done, again }: Left): void {
    this.newest = [...done.map((deed) => ({ tab: TAB, deed, again: false })), ...again.map((deed) => ({ tab: TAB, deed, again: true }))];
    if (!this.isWriting) void this.write();
  }

  /** However slow the disk is, it is one piece behind at most: what was overtaken meanwhile is not written. */
  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.newest) {
      const mine = this.newest;
      const store = this.kept[0];
      this.newest = null;
      try {
        const ids = new Set(mine.map(({ deed }) => JSON.stringify(deed)));
        const others = (((await store?.get("waiting")) as Kept[] | undefined) ?? []).filter(({ tab }) => tab !== TAB);
        await store?.set("waiting", [...others.filter(({ deed }) => !ids.has(JSON.stringify(deed))), ...mine] as never);
      } catch {
        // A browser that keeps nothing, or a store that was let go meanwhile: the next piece finds the one of now.
      }
    }
    this.isWriting = false;
  }

  /** What lay in the drawer lies on the board now: a fresh one is kept in its place, for the next phase that has one. */
  changeDrawer(drawer: Y.Doc): void {
    const old = this.kept[1];
    this.docs[1] = drawer;
    this.tellTabs(drawer, 1);
    if (!old) return;
    // Emptied and not deleted: a deletion would wait for the other tabs, and take along what they keep there by then.
    old.db?.transaction("updates", "readwrite").objectStore("updates").clear();
    void old.destroy();
    this.kept[1] = new IndexeddbPersistence(old.name, drawer);
  }

  /** Tabs tell each other at once, so that they agree without a network too; each brings to the server what was done in it. */
  private tellTabs(doc: Y.Doc, drawer: number): void {
    const tell = (update: Uint8Array, origin: unknown): void => {
      if (origin !== ELSEWHERE && !(origin instanceof IndexeddbPersistence)) this.channel?.postMessage({ what: "update", drawer, update } satisfies Heard);
    };
    doc.on("update", tell);
    this.unbind.push(() => doc.off("update", tell));
  }

  /** Begins anew under another name; the other tabs do the same. What was there goes as soon as nobody has it open. */
  letGo(tellOthers: boolean): void {
    this.unbind.splice(0).forEach((stop) => stop());
    this.newest = null;
    for (const old of this.kept.splice(0)) void old.clearData().catch(() => undefined);
    if (!tellOthers) return;
    this.turn += 1;
    this.channel?.postMessage({ what: "let go" } satisfies Heard);
  }

  close(): void {
    this.unbind.splice(0).forEach((stop) => stop());
    this.channel?.close();
    for (const each of this.kept.splice(0)) void each.destroy();
  }

  private get turn(): number {
    try {
      return Number(localStorage.getItem(this.base) ?? 0);
    } catch {
      return 0;
    }
  }

  private set turn(value: number) {
    try {
      localStorage.setItem(this.base, String(value));
    } catch {
      // Without a store there is nothing to begin anew.
    }
  }
}
