/** The frame round a board: how the line stands, what is confirmed, the phase and its time, who is here, goodbye. */
import { seatColour } from "./picture/cursors";
import { make } from "./picture/things";
import type { Session } from "./session";

const MOST_FACES = 5;
const PATIENCE_MS = 900;

const initials = (name: string): string => {
  const parts = name.trim().split(/\s+/).filter(Boolean);
  return ((parts[0]?.[0] ?? "") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : (parts[0]?.[1] ?? ""))).toLocaleUpperCase();
};

export class Frame {
  private waitsSince = 0;
  private said = "";

  constructor(private readonly session: Session, private readonly root: HTMLElement, private readonly refuse: (sentence: string) => void) {
    for (const name of ["state", "presence"] as const) session.on(name, () => this.update());
    session.on("change", () => this.buttons());
    root.querySelector("[data-again]")?.addEventListener("click", () => session.comeBack());
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-lead]")) form.addEventListener("submit", (event) => void this.lead(event, form));
    window.setInterval(() => this.tick(), 1_000);
    window.addEventListener("beforeunload", (event) => {
      // What waits is kept in this browser; only where that is not possible is there something to lose.
      if (session.waiting && !("indexedDB" in window)) event.preventDefault();
    });
    this.update();
  }

  private update(): void {
    const { link, waiting } = this.session;
    if (!waiting) this.waitsSince = 0;
    else this.waitsSince ||= performance.now();
    this.line(link, waiting);
    this.phases();
    this.people();
    this.buttons();
    this.tick();
    const farewell = this.root.querySelector<HTMLElement>("[data-farewell]");
    if (farewell) {
      farewell.hidden = link !== "ended";
      farewell.dataset["code"] = this.session.ended?.code ?? "";
      farewell.querySelector("[data-sentence]")!.textContent = this.session.ended?.sentence ?? "";
    }
  }

  /** Phase and timer by who leads: the board tells all, the page stays. */
  private async lead(event: SubmitEvent, form: HTMLFormElement): Promise<void> {
    event.preventDefault();
    form.closest("details")?.removeAttribute("open");
    const body = new FormData(form, event.submitter);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) this.refuse(((await answer.json()) as { said: string }).said);
    } catch {
      this.refuse(this.session.words.say("not_sent"));
    }
  }

  /** The quiet sign: saved, being saved, waiting, looking for the line. */
  private line(link: string, waiting: number): void {
    const place = this.root.querySelector<HTMLElement>("[data-link]");
    if (!place) return;
    const { words } = this.session;
    const isSlow = waiting > 0 && performance.now() - this.waitsSince > PATIENCE_MS;
    const state = link === "open" ? (isSlow ? "saving" : "saved") : link;
    const sentences: Record<string, string> = {
      local: words.say("link_local"), saved: words.say("link_saved"), saving: words.say("link_saving"), connecting: words.say("link_connecting"), ended: words.say("link_ended"),
      searching: waiting ? words.count("waits_for_board", waiting) : words.say("link_searching"), offline: waiting ? words.count("waits_for_net", waiting) : words.say("link_offline"),
    };
    const sentence = sentences[state] ?? "";
    if (this.said === sentence) return;
    this.said = sentence;
    place.dataset["link"] = state;
    place.querySelector("[data-says]")!.textContent = sentence;
    this.root.dataset["state"] = state;
  }

  private phases(): void {
    const { phase } = this.session;
    const items = [...this.root.querySelectorAll<HTMLElement>("[data-phase]")];
    const now = items.findIndex((item) => item.dataset["phase"] === phase);
    if (now < 0) return;
    items.forEach((item, index) => {
      item.classList.toggle("is-done", index < now);
      item.classList.toggle("is-now", index === now);
      if (index === now) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
  }

  private people(): void {
    const place = this.root.querySelector<HTMLElement>("[data-people]");
    if (!place || this.session.isLocal) return;
    const { words, seats, seat, here } = this.session;
    const aliases = [seat, ...here.keys()].filter(Boolean);
    const names = aliases.map((alias) => (alias === seat ? words.say("you") : this.session.nameOf(alias)));
    place.setAttribute("aria-label", `${words.count("people_here", aliases.length)}: ${names.slice(0, 12).join(", ")}`);
    place.title = names.slice(0, 12).join(", ");
    const key = aliases.join(" ") + names.join(" ");
    if (place.dataset["key"] === key) return;
    place.dataset["key"] = key;
    place.replaceChildren(
      ...aliases.slice(0, MOST_FACES).map((alias) => make("span", `face ${seatColour(seats.get(alias)?.[1])}`, initials(this.session.nameOf(alias)))),
      ...(aliases.length > MOST_FACES ? [make("span", "face face--more", `+${aliases.length - MOST_FACES}`)] : []),
    );
  }

  private buttons(): void {
    const { may } = this.session;
    const set = (name: string, isOn: boolean): void => this.root.querySelectorAll<HTMLButtonElement>(`[data-does="${name}"]`).forEach((button) => (button.disabled = !isOn));
    set("undo", this.session.canUndo());
    set("redo", this.session.canRedo());
    const tools: Record<string, boolean> = { card: may.charter.write !== "none", group: may.regroup(), connect: may.connect(), dots: may.charter.dots > 0, draw: may.draw() };
    for (const [name, isOffered] of Object.entries(tools)) this.root.querySelectorAll<HTMLElement>(`[data-tool="${name}"]`).forEach((tool) => (tool.hidden = !isOffered));
    this.writing();
    const dots = this.root.querySelector<HTMLElement>("[data-dots]");
    if (dots) {
      dots.hidden = !may.charter.dots;
      dots.textContent = String(may.dotsLeft());
    }
    const note = this.root.querySelector<HTMLElement>("[data-dots-note]");
    if (note) {
      note.hidden = !may.charter.dots || !this.session.isSeated;
      note.querySelector("[data-dots-left]")!.textContent = `${this.session.words.count("dots_left", may.dotsLeft())}.`;
      note.querySelector<HTMLElement>("[data-dots-some]")!.hidden = !may.dotsLeft();
      note.querySelector<HTMLElement>("[data-dots-none]")!.hidden = Boolean(may.dotsLeft());
    }
  }

  /** Where the paper lies: what pressing its button does, what helps to start, or why nothing is written now. */
  private writing(): void {
    const { calm, calmSentence, may, words } = this.session;
    for (const note of this.root.querySelectorAll<HTMLElement>("[data-calm]")) {
      note.hidden = !calm;
      const says = note.querySelector("[data-says]")!;
      if (calm && says.textContent !== calmSentence) says.textContent = calmSentence;
    }
    for (const part of this.root.querySelectorAll<HTMLElement>("[data-prompts]")) part.hidden = !!calm;
    const does = words.say(may.charter.drawer === "cards" ? "keep_card" : "put_up");
    for (const send of this.root.querySelectorAll("[data-send]")) if (send.textContent !== does) send.textContent = does;
  }

  /** The time left runs by this page's own clock, counted from what the server said. */
  private tick(): void {
    const { endsAt, words } = this.session;
    const left = endsAt === null ? null : Math.max(0, Math.ceil((endsAt - performance.now()) / 1_000));
    for (const place of this.root.querySelectorAll<HTMLElement>("[data-time]")) {
      place.hidden = left === null;
      if (left === null) continue;
      const minutes = Math.floor(left / 60);
      place.classList.toggle("is-soon", left < 120);
      place.textContent = place.dataset["time"] === "clock" ? `${minutes}:${String(left % 60).padStart(2, "0")}` : !left ? words.say("time_is_up") : left >= 60 ? words.count("minutes_left", Math.ceil(left / 60)) : words.count("seconds_left", left);
    }
    if (this.session.waiting) this.line(this.session.link, this.session.waiting);
  }
}
