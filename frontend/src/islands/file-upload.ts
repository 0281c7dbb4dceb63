/**
 * <file-upload> round the file field of a form: each file is checked and sent in parts before the form, with its progress in words.
 * A photo is first offered to <photo-editor>. When the connection is lost, what has arrived is kept and the rest follows by itself;
 * a page opened again shows what had arrived. Without it the field is an ordinary one.
 */
import { type Answer, madeSmaller, Refusal, sendInParts } from "./files/sending";
import type { PhotoEditor } from "./photo-editor";

type Kind = "picture" | "video" | "document";
type Limits = Record<Kind | "pictures" | "videos" | "documents" | "part", number>;

const MEGABYTE = 1_000_000;
const KINDS: Record<string, Kind> = {
  "image/jpeg": "picture", "image/png": "picture", "image/webp": "picture", "application/pdf": "document",
  "video/mp4": "video", "video/webm": "video", "video/quicktime": "video",
};

// How often is asked whether a document or video has been looked into, in seconds: at first, and at last.
const [CHECK_SOON, CHECK_LATER] = [1, 15];

const fetchEditor = (): Promise<unknown> => import("./photo-editor");

class Pending {
  alt = "";
  isSending = false;
  constructor(readonly row: HTMLElement, public file: File, readonly kind: Kind) {}
}

class FileUpload extends HTMLElement {
  private readonly waiting = new Set<Pending>();
  private form: HTMLFormElement | null = null;
  private submitter: HTMLElement | null = null;
  private isFinishing = false;
  private isAsking = false;
  /** Why files of the last choice were not even sent: said until files are chosen again. */
  private leftOut: string[] = [];

  connectedCallback(): void {
    // The field may come after this element while the page still streams in.
    queueMicrotask(() => this.start());
  }

  private start(): void {
    this.form = this.closest("form");
    const input = this.input;
    if (!this.form || !input) return;
    this.classList.add("is-awake");
    this.querySelectorAll<HTMLElement>("[data-plain]").forEach((part) => (part.hidden = true));
    this.leadToWords();
    this.querySelectorAll<HTMLElement>(".gfile").forEach((row) => this.wake(row));
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      input.value = "";
      this.takeAll(files);
    });
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.takeAll([...(event.dataTransfer?.files ?? [])]);
    });
    this.addEventListener("input", () => this.remember());
    this.form.addEventListener("submit", (event) => this.hold(event));
    this.toggleRights();
    void this.restore().then(() => this.follow());
  }

  /** The list of what is wrong leads to the field of words that is now hidden: it has to lead to that of the file. */
  private leadToWords(): void {
    const wrong = this.querySelector(".gfile [aria-invalid=true]");
    const plain = this.querySelector("[data-plain] [name=alt]");
    if (wrong && plain) document.querySelector(`#errors a[href="#${plain.id}"]`)?.setAttribute("href", `#${wrong.id}`);
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("input[type=file][name=picture]");
  }

  private get limits(): Limits {
    return JSON.parse(this.dataset["limits"] ?? "{}") as Limits;
  }

  private say(name: string, values: Record<string, string | number> = {}): string {
    const found = this.querySelector<HTMLTemplateElement>("template[data-words]")?.content.querySelector(`[data-say=${name}]`);
    return (found?.textContent ?? "").replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
  }

  private tell(sentence: string): void {
    const status = this.querySelector<HTMLElement>("[data-status]");
    if (status) status.textContent = [...this.leftOut, sentence].filter(Boolean).join(" ");
  }

  private get list(): HTMLElement {
    return this.querySelector<HTMLElement>("[data-list]") ?? this;
  }

  private takeAll(files: File[]): void {
    this.leftOut = [];
    files.forEach((file) => this.take(file));
    this.tell("");
  }

  private take(file: File): void {
    const kind = KINDS[file.type];
    const name = file.name.slice(0, 60);
    if (!kind) return void this.leftOut.push(this.say("unknown", { name }));
    const most = this.limits[`${kind}s`];
    if (this.list.querySelectorAll(`.gfile[data-kind=${kind}]`).length >= most) return void this.leftOut.push(this.say("many", { name }));
    // A photo that is too large can be made smaller here; what is far beyond that is not even tried.
    const limit = this.limits[kind] * (kind === "picture" ? 10 : 1);
    if (file.size > limit) {
      const figures = { name, size: Math.round(file.size / MEGABYTE), limit: this.limits[kind] / MEGABYTE };
      return void this.leftOut.push(this.say("large", figures));
    }
    this.add(new Pending(this.freshRow(kind), file, kind));
  }

  private freshRow(kind: Kind): HTMLElement {
    const template = this.querySelector<HTMLTemplateElement>("template[data-row]");
    const row = template?.content.firstElementChild?.cloneNode(true) as HTMLElement;
    row.dataset["kind"] = kind;
    row.querySelectorAll<HTMLElement>("[data-kind]").forEach((part) => (part.hidden = part.dataset["kind"] !== kind));
    this.list.append(row);
    return row;
  }

  private add(pending: Pending): void {
    const { row, file, kind } = pending;
    this.waiting.add(pending);
    this.toggleRights();
    this.draw(pending);
    const press = (part: string, act: () => void): void => row.querySelector(`[data-${part}]`)?.addEventListener("click", act);
    press("remove", () => {
      this.waiting.delete(pending);
      this.gone(row);
    });
    press("again", () => void this.send(pending));
    press("send", () => void this.send(pending));
    press("edit", () => void this.edit(pending));
    const ask = row.querySelector<HTMLElement>("[data-ask]");
    if (kind === "picture") {
      fetchEditor().catch(() => undefined); // pressing its button asks again
      ask?.querySelector<HTMLButtonElement>("[data-edit]")?.focus({ preventScroll: true });
      return;
    }
    if (ask) ask.hidden = true;
    const label = row.querySelector("[data-name]");
    if (label) label.textContent = file.name;
    void this.send(pending);
  }

  private draw({ row, file, kind }: Pending): void {
    const name = row.querySelector("[data-name]");
    const size = row.querySelector("[data-size]");
    if (name) name.textContent = file.name;
    if (size) size.textContent = `${Math.max(file.size / MEGABYTE, 0.1).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
    const show = row.querySelector<HTMLImageElement>("img[data-kind]");
    if (!show || kind !== "picture") return;
    if (show.src) URL.revokeObjectURL(show.src);
    show.src = URL.createObjectURL(file);
  }

  private async edit(pending: Pending): Promise<void> {
    const editor = this.parentElement?.querySelector<PhotoEditor>("photo-editor");
    try {
      await fetchEditor();
    } catch {
      return this.tell(this.say("unreached"));
    }
    this.tell("");
    const changed = await editor?.edit(pending.file);
    if (!changed) return pending.row.querySelector<HTMLElement>("[data-edit]")?.focus();
    pending.file = changed;
    this.draw(pending);
    await this.send(pending);
  }

  private async send(pending: Pending): Promise<void> {
    if (pending.isSending || !this.waiting.has(pending) || !this.form) return;
    pending.isSending = true;
    const { row } = pending;
    this.show(row, "[data-ask]", false);
    this.show(row, "[data-again]", false);
    this.show(row, "[data-error]", false);
    this.show(row, "[data-way]", true);
    const hadFocus = row.contains(document.activeElement) || document.activeElement === document.body;
    try {
      this.progress(row, 0, this.say("preparing"));
      const file = pending.kind === "picture" ? await this.smaller(pending.file) : pending.file;
      const answer = await this.sendParts(pending, file, this.form);
      this.waiting.delete(pending);
      this.arrived(row, answer, hadFocus);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      pending.isSending = false;
      this.show(row, "[data-way]", false);
      this.show(row, "[data-again]", error.mayRepeat);
      const said = row.querySelector<HTMLElement>("[data-error]");
      const words = said?.querySelector("span");
      if (said && words) {
        said.hidden = false;
        words.textContent = error.message;
      }
      if (!error.mayRepeat) {
        this.waiting.delete(pending);
        row.dataset["kind"] = "refused";
      }
      if (this.isFinishing) this.tell(this.say("refused"));
      this.isFinishing = false;
      return;
    }
    if (this.isFinishing && this.waiting.size === 0) this.form?.requestSubmit(this.submitter);
  }

  /** A photo above the limit, drawn smaller. */
  private async smaller(file: File): Promise<File> {
    if (file.size <= this.limits.picture) return file;
    const small = await madeSmaller(file, this.limits.picture);
    if (small) return small;
    const figures = { name: file.name, size: Math.round(file.size / MEGABYTE), limit: this.limits.picture / MEGABYTE };
    throw new Refusal(this.say("large", figures), false);
  }

  private sendParts(pending: Pending, file: File, form: HTMLFormElement): Promise<Answer> {
    return sendInParts(file, {
      url: this.dataset["url"] ?? "",
      form,
      part: this.limits.part,
      refused: this.say("refused"),
      isWanted: () => this.waiting.has(pending),
      tellProgress: (percent) => this.progress(pending.row, percent),
      tellAway: () => {
        this.progress(pending.row, null, this.say("away"));
        this.tell(this.say("away"));
      },
    });
  }

  private progress(row: HTMLElement, percent: number | null, words = ""): void {
    const bar = row.querySelector("progress");
    if (bar && percent !== null) bar.value = percent;
    const said = row.querySelector("[data-progress]");
    if (said) said.textContent = words || this.say("sending", { percent: percent ?? 0 });
  }

  private arrived(row: HTMLElement, answer: Answer, hadFocus: boolean): void {
    const show = row.querySelector<HTMLImageElement>("img[data-kind]");
    if (show?.src) URL.revokeObjectURL(show.src);
    const fresh = this.rowOf(answer.html ?? "");
    if (!fresh) return;
    row.replaceWith(fresh);
    this.wake(fresh);
    this.tell(this.say("arrived"));
    this.remember();
    void this.follow();
    if (hadFocus) fresh.querySelector<HTMLElement>("[data-words]")?.focus({ preventScroll: true });
  }

  private rowOf(html: string): HTMLElement | null {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.querySelector<HTMLElement>(".gfile");
  }

  /** A file that has arrived: its remove button works, and the box for browsers without scripts goes. */
  private wake(row: HTMLElement): void {
    row.querySelectorAll<HTMLElement>("[data-plain]").forEach((part) => part.remove());
    const remove = row.querySelector<HTMLButtonElement>("[data-remove]");
    if (!remove) return;
    remove.hidden = false;
    remove.addEventListener("click", () => {
      const body = new FormData();
      body.set("file", row.dataset["file"] ?? "");
      const token = this.form?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
      // If this does not arrive, the file goes by itself after some days.
      void fetch(this.dataset["drop"] ?? "", { method: "POST", body, headers: { "X-CSRFToken": token } }).catch(() => undefined);
      this.gone(row);
    });
  }

  /** Ask what became of documents and videos that are being checked, until nothing is any more. */
  private async follow(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    for (let pause = CHECK_SOON; this.checking.length && this.isConnected; pause = Math.min(pause * 1.5, CHECK_LATER)) {
      await new Promise((done) => window.setTimeout(done, pause * 1000));
      const found = await this.ask(this.checking.map((row) => row.dataset["file"] ?? ""));
      found.forEach(({ html, handle }) => this.renew(handle, html));
    }
    this.isAsking = false;
  }

  private get checking(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(".gfile[data-checking]")];
  }

  private async ask(handles: string[]): Promise<{ html: string; handle: string }[]> {
    const query = new URLSearchParams(handles.map((handle) => ["file", handle]));
    const url = `${this.dataset["waiting"] ?? ""}?${query.toString()}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return [];
    return ((await answer.json().catch(() => ({}))) as { rows?: { html: string; handle: string }[] }).rows ?? [];
  }

  /** A file's row as it is now; words that are being typed stay under the fingers. */
  private renew(handle: string, html: string): void {
    const row = this.checking.find((each) => each.dataset["file"] === handle);
    const fresh = this.rowOf(html);
    if (!row || !fresh || "checking" in fresh.dataset) return;
    const focused = row.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    fresh.querySelectorAll<HTMLElement>("[name]:not([type=hidden])").forEach((field) => {
      const typed = row.querySelector<HTMLElement>(`[name="${CSS.escape(field.getAttribute("name") ?? "")}"]`);
      if (typed) field.replaceWith(typed);
    });
    row.replaceWith(fresh);
    this.wake(fresh);
    focused?.focus({ preventScroll: true });
    const fault = fresh.querySelector("[data-fault]")?.textContent ?? "";
    this.tell(fault || this.say("checked"));
    this.remember();
    this.toggleRights();
  }

  private gone(row: HTMLElement): void {
    row.remove();
    this.tell(this.say("removed"));
    this.remember();
    this.toggleRights();
    this.input?.focus({ preventScroll: true });
  }

  private show(row: HTMLElement, part: string, isShown: boolean): void {
    const found = row.querySelector<HTMLElement>(part);
    if (found) found.hidden = !isShown;
  }

  private toggleRights(): void {
    const rights = this.querySelector<HTMLElement>("[data-rights]");
    if (rights) rights.hidden = this.list.querySelectorAll(".gfile").length === 0;
  }

  /** The form waits until its files are there; photos that were not asked about go as they are. */
  private hold(event: SubmitEvent): void {
    if (this.waiting.size === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.submitter = event.submitter;
    this.isFinishing = true;
    this.tell(this.say("finishing"));
    this.waiting.forEach((pending) => void this.send(pending));
  }

  private get key(): string {
    return `files:${this.dataset["key"] ?? location.pathname}`;
  }

  private remember(): void {
    const kept: Record<string, string> = {};
    this.list.querySelectorAll<HTMLElement>(".gfile[data-file]").forEach((row) => {
      kept[row.dataset["file"] ?? ""] = row.querySelector<HTMLInputElement>("[data-words]")?.value ?? "";
    });
    try {
      if (Object.keys(kept).length) localStorage.setItem(this.key, JSON.stringify(kept));
      else localStorage.removeItem(this.key);
    } catch {
      /* a full or closed store: the form itself still has the files */
    }
  }

  /** Show again what had arrived before this page was closed; what was sent with a form since is no longer given out. */
  private async restore(): Promise<void> {
    if (this.list.querySelector(".gfile")) return this.remember();
    let kept: Record<string, string> = {};
    try {
      kept = JSON.parse(localStorage.getItem(this.key) ?? "{}") as Record<string, string>;
    } catch {
      return;
    }
    const handles = Object.keys(kept);
    if (handles.length === 0) return;
    const rows = await this.ask(handles);
    for (const { html, handle } of rows) {
      const row = this.rowOf(html);
      if (!row || this.list.querySelector(`[data-file="${CSS.escape(handle)}"]`)) continue;
      this.list.append(row);
      this.wake(row);
      const words = row.querySelector<HTMLInputElement>("[data-words]");
      if (words) words.value = kept[handle] ?? "";
    }
    this.toggleRights();
    this.remember();
  }
}

customElements.define("file-upload", FileUpload);
