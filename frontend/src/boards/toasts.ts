/** Short sentences over the board that go by themselves, some with one thing to do. */
const STAY_MS = 7_000;

export type Offer = { label: string; act: () => void };

export class Toasts {
  constructor(private readonly place: HTMLElement) {}

  /** Says a sentence; with `stays`, until somebody closes it. */
  say(sentence: string, { offer, stays = false, tone = "" }: { offer?: Offer | undefined; stays?: boolean; tone?: string } = {}): void {
    const toast = document.createElement("div");
    toast.className = `toast${tone && ` toast--${tone}`}`;
    toast.append(Object.assign(document.createElement("p"), { textContent: sentence }));
    const close = (): void => toast.remove();
    if (offer) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = offer.label;
      button.addEventListener("click", () => {
        offer.act();
        close();
      });
      toast.append(button);
    }
    const cross = this.place.querySelector("template")?.content.firstElementChild?.cloneNode(true);
    if (cross instanceof HTMLElement) {
      cross.addEventListener("click", close);
      toast.append(cross);
    }
    const shown = this.place.querySelectorAll(".toast");
    if (shown.length > 2) shown[0]!.remove();
    this.place.append(toast);
    if (stays) return;
    let timer = window.setTimeout(close, STAY_MS);
    // Who is reading it or about to press it has all the time they need.
    for (const enter of ["pointerenter", "focusin"]) toast.addEventListener(enter, () => window.clearTimeout(timer));
    for (const leave of ["pointerleave", "focusout"]) toast.addEventListener(leave, () => (timer = window.setTimeout(close, STAY_MS)));
  }
}
