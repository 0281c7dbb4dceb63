/**
 * <prove-work data-ask="/nachweis"> in a form, round its hidden field `proof`: asks the house for a question once somebody begins to
 * type, and finds the number while they do. SHA-256 is our own, since browsers have theirs on https alone. Who sends before it is found
 * waits for that moment; without a network, or after ten seconds, the form goes without, and the team reads the text first.
 */
import { digest, words } from "./sha256";

interface Question {
  algorithm: string;
  challenge: string;
  maxNumber?: number;
  maxnumber?: number;
  salt: string;
  signature: string;
}

const PIECE_MS = 12;
const PATIENCE_MS = 10_000;
const GOOD_MS = 50 * 60_000; // the house says an hour

const pause = () => new Promise<void>((go) => setTimeout(go));

/** The number that the question hides; null when there is none. In pieces, so that typing stays smooth. */
export async function solve(question: Question): Promise<number | null> {
  const most = question.maxNumber ?? question.maxnumber ?? 0;
  const wanted = words(question.challenge);
  let began = performance.now();
  for (let number = 0; number <= most; number++) {
    const found = digest(question.salt + String(number));
    if (found.every((word, place) => word === wanted[place])) return number;
    if ((number & 63) === 0 && performance.now() - began > PIECE_MS) {
      await pause();
      began = performance.now();
    }
  }
  return null;
}

class ProveWork extends HTMLElement {
  private proving: Promise<void> | null = null;
  private at = 0;
  private isHeld = false;

  connectedCallback(): void {
    const form = this.closest("form");
    if (!form) return;
    form.addEventListener("input", this.begin);
    form.addEventListener("focusin", this.begin);
    form.addEventListener("submit", this.hold, { capture: true });
    window.addEventListener("pageshow", (event) => event.persisted && this.anew());
    // Who came back to a filled form need not type anything.
    if (form.contains(document.activeElement)) this.begin();
  }

  private readonly begin = (): void => {
    if (this.proving && performance.now() - this.at < GOOD_MS) return;
    this.at = performance.now();
    this.proving = this.prove();
  };

  /** What was sent with the page is used up. */
  private anew(): void {
    const field = this.querySelector<HTMLInputElement>("input[name=proof]");
    if (field) field.value = "";
    this.proving = null;
  }

  private async prove(): Promise<void> {
    const form = this.closest("form");
    const field = this.querySelector<HTMLInputElement>("input[name=proof]");
    if (!form || !field) return;
    field.value = "";
    try {
      const path = new URL(form.action || location.href).pathname;
      const answer = await fetch(`${this.dataset["ask"] ?? ""}?form=${encodeURIComponent(path)}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const question = (await answer.json()) as Question;
      const number = await solve(question);
      if (number === null) return;
      const { algorithm, challenge, salt, signature } = question;
      field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    } catch {
      this.proving = null; // the next letter asks again
    }
  }

  private readonly hold = (event: SubmitEvent): void => {
    const field = this.querySelector<HTMLInputElement>("input[name=proof]");
    // A button with a name asks for something else than to be sent: a look at it, a place.
    if (this.isHeld || !field || field.value || (event.submitter as HTMLButtonElement | null)?.name) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const form = event.target as HTMLFormElement;
    const button = event.submitter;
    this.begin();
    button?.setAttribute("aria-busy", "true");
    void Promise.race([this.proving, new Promise<void>((go) => setTimeout(go, PATIENCE_MS))]).then(() => {
      button?.removeAttribute("aria-busy");
      this.isHeld = true;
      form.requestSubmit(button);
      this.isHeld = false;
    });
  };
}

customElements.define("prove-work", ProveWork);
