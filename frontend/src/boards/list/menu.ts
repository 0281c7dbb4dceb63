/** The menu of a card or group in the list: what one can do with it now. */
import type { Acts } from "../acts";

export class Menu {
  private readonly box: HTMLElement;
  private id = "";
  private opener: HTMLElement | null = null;

  constructor(root: HTMLElement, private readonly acts: Acts, private readonly edit: (id: string) => void) {
    this.box = root.querySelector<HTMLElement>("[data-part=menu]")!;
    this.box.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-act]");
      if (button) this.act(button.dataset["act"]!);
    });
    this.box.addEventListener("keydown", (event) => this.walk(event));
    this.box.addEventListener("toggle", (event) => {
      if ((event as ToggleEvent).newState !== "closed") return;
      this.opener?.setAttribute("aria-expanded", "false");
      if (this.box.contains(document.activeElement) || document.activeElement === document.body) this.opener?.focus();
    });
  }

  open(id: string, opener: HTMLElement): void {
    const offered = this.acts.offered(id);
    const colour = this.acts.session.model.standing(id)?.colour;
    for (const button of this.box.querySelectorAll<HTMLElement>("[data-act]")) {
      const name = button.dataset["act"]!;
      button.hidden = !offered.has(name.startsWith("colour:") ? "colour" : name);
      if (name.startsWith("colour:")) button.setAttribute("aria-checked", String(name === `colour:${colour}`));
    }
    for (const part of this.box.querySelectorAll<HTMLElement>("[data-needs]")) part.hidden = !offered.has(part.dataset["needs"]!);
    if (!offered.size) return this.acts.toasts.say(this.acts.session.words.say("only_read"));
    this.id = id;
    this.opener = opener;
    opener.setAttribute("aria-expanded", "true");
    // Where it lay before it may have been narrower.
    this.box.style.left = this.box.style.top = "0";
    this.box.showPopover();
    const from = opener.getBoundingClientRect();
    const [w, h] = [this.box.offsetWidth, this.box.offsetHeight];
    const isRight = document.documentElement.dir === "rtl";
    const x = isRight ? from.left + 8 : from.right - w - 8;
    const y = from.bottom + h + 8 < window.innerHeight ? from.bottom + 4 : Math.max(8, from.top - h - 4);
    this.box.style.left = `${Math.max(8, Math.min(window.innerWidth - w - 8, x))}px`;
    this.box.style.top = `${Math.max(8, Math.min(y, window.innerHeight - h - 8))}px`;
    this.items[0]?.focus();
  }

  private get items(): HTMLElement[] {
    return [...this.box.querySelectorAll<HTMLElement>("[data-act]:not([hidden])")];
  }

  private act(name: string): void {
    const id = this.id;
    this.box.hidePopover();
    this.opener?.focus();
    if (name === "edit") this.edit(id);
    else this.acts.run(name, id);
  }

  private walk(event: KeyboardEvent): void {
    const { items } = this;
    const at = items.indexOf(document.activeElement as HTMLElement);
    const go = (to: number): void => {
      event.preventDefault();
      items[(to + items.length) % items.length]?.focus();
    };
    if (event.key === "ArrowDown" || event.key === "ArrowRight") go(at + 1);
    else if (event.key === "ArrowUp" || event.key === "ArrowLeft") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(items.length - 1);
    else if (event.key === "Tab") this.box.hidePopover();
  }
}
