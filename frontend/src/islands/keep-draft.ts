/**
 * <keep-draft data-key> round a form: what was typed stays in this browser until it was sent, so that a closed tab, a dead
 * battery or a lost network loses nothing. With data-url the server keeps it too. Two windows with one draft are told of each other.
 * While the form is being sent nothing is kept on the server: the draft goes with the sending, and must not come back after it.
 * With data-mending the form holds a text that is there already: a draft goes over it, with the version (data-hidden) it began with;
 * not over one that came back (data-returned), which holds the words already.
 * A page that shows the sent thing names the key in <keep-draft data-done="key"> and, where it is known, the form's id in data-uid.
 */
import { sendForm } from "./send-form";

type Fields = Record<string, string>;
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Kept {
  fields: Fields;
  at: number;
  uid: string;
  seal: string;
  version: number; // that the server has, 0 for none
  unsaved: boolean; // the server does not have these words yet
}

interface Answer {
  said?: string;
  version?: number;
  typed?: Fields;
}

const KEEP = "textarea[name], input[type=text][name], input:not([type])[name], select[name], input[type=radio][name]";
const HERE_AFTER = 400;
const THERE_AFTER = 1500;
const LAST_SAVING = 3000; // how long sending waits for the saving that is on its way

class KeepDraft extends HTMLElement {
  private here = 0;
  private there = 0;
  private isSending = false;
  private saving: Promise<void> | null = null; // what is on its way to the server
  private cut = new AbortController();
  private seen = 0; // when the copy that this window knows was kept
  private other: Pick<Kept, "fields" | "version"> | null = null;

  connectedCallback(): void {
    const done = this.dataset["done"];
    if (done) {
      this.forget(done);
      return;
    }
    // The form may come after this element while the page still streams in.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    else this.start();
  }

  disconnectedCallback(): void {
    window.removeEventListener("storage", this.noticed);
    window.removeEventListener("online", this.returned);
    window.removeEventListener("pageshow", this.shown);
    window.clearTimeout(this.here);
    window.clearTimeout(this.there);
  }

  private start(): void {
    this.restore();
    this.addEventListener("input", this.typed);
    this.addEventListener("change", this.typed);
    this.addEventListener("submit", this.guard);
    this.piece("take")?.addEventListener("click", () => this.take());
    this.piece("own")?.addEventListener("click", () => this.insist());
    window.addEventListener("storage", this.noticed);
    window.addEventListener("online", this.returned);
    window.addEventListener("pageshow", this.shown);
  }

  private get key(): string {
    return `draft:${this.dataset["key"] ?? location.pathname}`;
  }

  private piece(name: string): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-${name}]`);
  }

  private secret(name: string): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(`input[type=hidden][name="${name}"]`);
  }

  private get uid(): string {
    return this.secret("uid")?.value ?? "";
  }

  private fields(): Field[] {
    const hidden = (this.dataset["hidden"] ?? "").split(" ").filter(Boolean).map((name) => `, input[type=hidden][name="${name}"]`);
    return [...this.querySelectorAll<Field>(KEEP + hidden.join(""))].filter((field) => !field.closest(".trap"));
  }

  private words(): Fields {
    const words: Fields = {};
    for (const field of this.fields()) {
      if (field instanceof HTMLInputElement && field.type === "radio" && !field.checked) continue;
      if (field.value) words[field.name] = field.value;
    }
    return words;
  }

  private fill(words: Fields, onlyEmpty: boolean): boolean {
    let any = false;
    for (const field of this.fields()) {
      const value = words[field.name] ?? "";
      if (field instanceof HTMLInputElement && field.type === "radio") {
        if (value && !field.checked && field.value === value) field.checked = any = true;
        continue;
      }
      if (onlyEmpty && value && field.value && field.dataset["quoted"] !== undefined && !value.startsWith(field.value.trim())) {
        field.value += value; // a quotation goes before what they have written
        any = true;
        continue;
      }
      if (field.value === value || (onlyEmpty && (field.value || !value))) continue;
      field.value = value;
      any = true;
      if (field.type === "hidden" || field instanceof HTMLSelectElement) field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return any;
  }

  private read(): Kept | null {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null") as Partial<Kept> | null;
      if (!kept || typeof kept.fields !== "object") return null;
      return { at: 0, uid: "", seal: "", version: 0, unsaved: true, ...kept } as Kept;
    } catch {
      return null;
    }
  }

  private restore(): void {
    const kept = this.read();
    this.seen = kept?.at ?? 0;
    if (!kept) return;
    const returned = this.dataset["returned"] !== undefined || this.querySelector("#errors, [aria-invalid=true]") !== null;
    const version = this.secret("draft_version");
    // What the server knows goes on under its own id, so that it stays one draft.
    const mine = version && kept.version > 0 && !returned && !Number(version.value);
    if (mine) {
      for (const [name, value] of Object.entries({ uid: kept.uid, seal: kept.seal, draft_version: String(kept.version) })) {
        const field = this.secret(name);
        if (field) field.value = value;
      }
    }
    const mends = this.dataset["mending"] !== undefined;
    if (mends && returned) this.keep(true); // what came back holds the words, and the version that they go on from
    else if (this.fill(returned ? { ...kept.fields, kind: "" } : kept.fields, !mends)) {
      const note = this.piece("restored");
      if (note) note.hidden = false;
    }
    this.keep(kept.unsaved);
    if (kept.unsaved && this.dataset["url"]) this.later();
  }

  private readonly typed = (event: Event): void => {
    if (!(event.target instanceof Element) || !event.target.closest("[name]")) return;
    if (this.other) return;
    window.clearTimeout(this.here);
    this.here = window.setTimeout(() => this.save(), HERE_AFTER);
  };

  private save(): void {
    const kept = this.read();
    if (kept && kept.uid !== this.uid && kept.at > this.seen && !same(kept.fields, this.words())) {
      this.tell(kept);
      return;
    }
    if (!this.keep(true)) return;
    if (this.dataset["url"]) this.later();
    else this.say((this.dataset["here"] ?? "").replace("{time}", clock()));
  }

  private keep(unsaved: boolean): boolean {
    const version = Number(this.secret("draft_version")?.value ?? 0);
    const kept: Kept = { fields: this.words(), at: Date.now(), uid: this.uid, seal: this.secret("seal")?.value ?? "", version, unsaved };
    this.seen = kept.at;
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      return false; // a full or closed store: the form itself still has the text
    }
    return true;
  }

  private later(): void {
    window.clearTimeout(this.there);
    this.there = window.setTimeout(() => this.send(), THERE_AFTER);
  }

  /** One saving after the other, so that no window is in its own way. */
  private send(): void {
    const form = this.querySelector("form");
    if (!form || this.other || !this.dataset["url"] || this.isSending) return;
    if (this.saving) this.later();
    else
      this.saving = this.put(form, this.dataset["url"]).finally(() => {
        this.saving = null;
      });
  }

  private async put(form: HTMLFormElement, url: string): Promise<void> {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    let status = 0;
    let answer: Answer = {};
    try {
      const sent = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" }, signal: this.cut.signal });
      status = sent.status;
      answer = (await sent.json()) as Answer;
    } catch {
      if (!status && !this.isSending) this.say(this.dataset["offline"] ?? "");
      return;
    }
    const version = this.secret("draft_version");
    if (status === 200 && version && answer.version) {
      version.value = String(answer.version);
      this.keep(false);
    }
    if (this.isSending) return;
    if (status === 409 && answer.typed) {
      this.tell({ fields: answer.typed, version: answer.version ?? 0 });
      return;
    }
    this.say(answer.said ?? "");
  }

  /** Another window kept something else: say so, and let the person choose. Until then nothing is overwritten. */
  private tell(other: Pick<Kept, "fields" | "version">): void {
    if (same(other.fields, this.words())) {
      this.accept(other.version);
      return;
    }
    this.other = other;
    const panel = this.piece("conflict");
    if (panel) panel.hidden = false;
    else this.insist();
    this.say("");
  }

  private accept(version: number): void {
    const field = this.secret("draft_version");
    if (field && version) field.value = String(version);
    this.other = null;
    const panel = this.piece("conflict");
    if (panel) panel.hidden = true;
  }

  private take(): void {
    if (!this.other) return;
    this.fill(this.other.fields, false);
    this.accept(this.other.version);
    this.keep(false);
    this.querySelector<HTMLElement>("[data-step]:not([hidden]) h2")?.focus();
  }

  private insist(): void {
    if (!this.other) return;
    this.accept(this.other.version);
    this.keep(true);
    if (this.dataset["url"]) this.later();
    this.querySelector<HTMLElement>("[data-step]:not([hidden]) h2")?.focus();
  }

  private readonly noticed = (event: StorageEvent): void => {
    if (event.key !== this.key) return;
    const kept = this.read();
    if (kept && kept.uid !== this.uid && !this.dataset["url"] && Object.keys(this.words()).length > 1 && !same(kept.fields, this.words())) this.tell(kept);
  };

  private readonly returned = (): void => {
    const note = this.piece("unsent-note");
    if (note && !note.hidden) note.textContent = this.dataset["back"] ?? "";
    if (this.read()?.unsaved && this.dataset["url"]) this.send();
  };

  /** Without a network the browser would show a page of its own in place of the form. */
  private readonly guard = (event: SubmitEvent): void => {
    this.keep(true);
    const form = this.querySelector("form");
    const button = event.submitter;
    if (!form || button?.getAttribute("formtarget")) return;
    if (!this.piece("unsent-note") || (button && button.dataset["giveSend"] === undefined)) {
      this.follow(event, form);
      return;
    }
    event.preventDefault();
    if (this.isSending) return;
    if (navigator.onLine) void this.deliver(form);
    else this.hold(this.dataset["unsent"] ?? "");
  };

  /** A form that goes the ordinary way goes once the last saving is through. */
  private follow(event: SubmitEvent, form: HTMLFormElement): void {
    const isWaiting = this.isSending;
    this.isSending = true;
    if (this.saving) event.preventDefault();
    if (isWaiting) return;
    if (this.saving) void this.settle().then(() => form.requestSubmit(event.submitter));
    else void this.settle();
  }

  private async deliver(form: HTMLFormElement): Promise<void> {
    this.isSending = true;
    this.say(this.dataset["sending"] ?? "");
    await this.settle();
    if (await sendForm(form)) return;
    this.isSending = false;
    this.say("");
    this.hold(this.dataset["unreached"] ?? "");
    if (this.dataset["url"]) this.later();
  }

  /** Let the saving that is on its way come to its end, or cut it off when it takes too long; none begins after it. */
  private async settle(): Promise<void> {
    window.clearTimeout(this.here);
    window.clearTimeout(this.there);
    if (!this.saving) return;
    const late = window.setTimeout(() => this.cut.abort(), LAST_SAVING);
    await this.saving;
    window.clearTimeout(late);
    this.cut = new AbortController();
  }

  private hold(sentence: string): void {
    const note = this.piece("unsent-note");
    if (!note) return;
    note.textContent = sentence;
    note.hidden = false;
    note.focus();
  }

  /** Who comes back to this page may send again. */
  private readonly shown = (): void => {
    this.isSending = false;
    this.say("");
  };

  private say(sentence: string): void {
    const place = this.piece("saved");
    if (place && place.textContent !== sentence) place.textContent = sentence;
  }

  private forget(keys: string): void {
    const uid = this.dataset["uid"];
    try {
      for (const key of keys.split(" ")) {
        const kept = JSON.parse(localStorage.getItem(`draft:${key}`) ?? "null") as Partial<Kept> | null;
        // Another window may have begun something else under the same key.
        if (!uid || !kept?.uid || kept.uid === uid) localStorage.removeItem(`draft:${key}`);
      }
    } catch {
      /* nothing was kept */
    }
  }
}

function same(one: Fields, two: Fields): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(two)]);
  return [...names].every((name) => (one[name] ?? "") === (two[name] ?? ""));
}

function clock(): string {
  const { lang } = document.documentElement;
  return new Date().toLocaleTimeString(lang === "en" ? "en-GB" : lang, { hour: lang === "en" ? "numeric" : "2-digit", minute: "2-digit", hour12: lang === "en" });
}

customElements.define("keep-draft", KeepDraft);
