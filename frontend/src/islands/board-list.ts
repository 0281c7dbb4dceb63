/** <board-list> within the frame of a board: the same board as a list, with all that can be done to it, live. */
import { hallOf } from "../boards/hall";
import { List } from "../boards/list/list";
import { Paper } from "../boards/list/paper";

class BoardList extends HTMLElement {
  connectedCallback(): void {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    else this.start();
  }

  private start(): void {
    const hall = hallOf(this);
    const place = this.querySelector<HTMLElement>("[data-groups]");
    if (!hall || !place || this.classList.contains("is-awake")) return;
    this.classList.add("is-awake");
    const { session, acts, toasts, announcer } = hall;
    // What the server drew for those without scripts makes room for what is live.
    this.querySelector("[data-plain]")?.remove();
    new List(session, this, place, acts);
    const form = this.querySelector<HTMLFormElement>("form[data-paper]");
    if (form) new Paper(session, form, toasts, (sentence) => announcer.say(sentence));
  }
}

if (!customElements.get("board-list")) customElements.define("board-list", BoardList);

export {};
