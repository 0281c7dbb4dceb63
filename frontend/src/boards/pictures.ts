/** Pictures on cards: where each one is, what it shows in words, and the dialog by which one comes onto a card. */
import type { Sentences } from "./texts";

const SOON_MS = 250;
const AGAIN_MS = 15_000;
const MOST_TRIES = 40;

/** What pictures need of the session that they belong to. */
type Frame = { readonly options: { media?: string; upload?: string; pictures?: string }; readonly words: Sentences; redress(): void };

export class Pictures {
  private readonly alts = new Map<string, string>();
  private readonly asked = new Set<string>();
  private timer = 0;

  constructor(private readonly session: Frame) {}

  /** Where a picture is; '' where this board shows none. */
  address(name: string): string {
    const { media } = this.session.options;
    return name && media ? media.replace("{name}", encodeURIComponent(name)) : "";
  }

  /** What a picture shows in words; the server is asked once for those that are not known yet. */
  alt(name: string): string {
    if (name && !this.alts.has(name) && !this.asked.has(name) && this.session.options.pictures) {
      this.asked.add(name);
      this.timer ||= window.setTimeout(() => void this.ask(), SOON_MS);
    }
    return this.alts.get(name) ?? "";
  }

  note(name: string, alt: string): void {
    this.alts.set(name, alt);
  }

  /** Shows a picture in an element; one that may not be seen yet is asked for again after a while, and takes no room until then. */
  show(image: HTMLImageElement, name: string): void {
    image.alt = this.alt(name);
    if (image.dataset["name"] === name) return;
    image.dataset["name"] = name;
    let tries = 0;
    image.hidden = false;
    image.onload = (): void => void (image.hidden = false);
    image.onerror = (): void => {
      image.hidden = true;
      if (++tries > MOST_TRIES) return;
      window.setTimeout(() => image.isConnected && image.dataset["name"] === name && (image.src = `${this.address(name)}?n=${tries}`), AGAIN_MS);
    };
    image.src = this.address(name);
  }

  /** Asks for a picture and its words and brings them to the server; a refusal is said in the dialog, which stays. 'gone': without one. */
  async choose(root: ParentNode, hasOne: boolean): Promise<string> {
    const box = root.querySelector<HTMLDialogElement>("dialog[data-dialog=picture]");
    if (!box) return "";
    const form = box.querySelector("form")!;
    const file = form.querySelector<HTMLInputElement>("input[type=file]")!;
    const words = form.querySelector<HTMLInputElement>("input[type=text]")!;
    const refused = form.querySelector<HTMLElement>("[data-refused]")!;
    const yes = form.querySelector<HTMLButtonElement>("[data-yes]")!;
    const before = document.activeElement;
    [file.value, words.value, box.returnValue, refused.hidden] = ["", "", "", true];
    form.querySelector<HTMLElement>("[data-gone]")!.hidden = !hasOne;
    form.onsubmit = (event): void => {
      if (event.submitter !== yes) return;
      event.preventDefault();
      void send();
    };
    const say = (sentence: string): void => {
      refused.querySelector("span")!.textContent = sentence;
      refused.hidden = false;
    };
    const send = async (): Promise<void> => {
      const chosen = file.files?.[0];
      if (!chosen) {
        say(this.session.words.say("choose_picture"));
        return file.focus();
      }
      yes.disabled = true;
      try {
        const body = new FormData(form);
        body.set("picture", chosen);
        body.set("alt", words.value);
        const answer = await fetch(this.session.options.upload ?? "", { method: "POST", body, headers: { Accept: "application/json" } });
        const said = (await answer.json()) as { name?: string; alt?: string; said?: string };
        if (!answer.ok || !said.name) return say(said.said || this.session.words.say("picture_failed"));
        this.note(said.name, said.alt ?? "");
        box.close(said.name);
      } catch {
        say(this.session.words.say("picture_failed"));
      } finally {
        yes.disabled = false;
      }
    };
    box.showModal();
    return new Promise((done) =>
      box.addEventListener(
        "close",
        () => {
          if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
          done(box.returnValue);
        },
        { once: true },
      ),
    );
  }

  private async ask(): Promise<void> {
    this.timer = 0;
    try {
      const answer = await fetch(this.session.options.pictures ?? "", { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      for (const [name, alt] of Object.entries((await answer.json()) as Record<string, string>)) this.alts.set(name, alt);
      this.session.redress();
    } catch {
      // Without the network the pictures themselves are not there either.
    }
  }
}
