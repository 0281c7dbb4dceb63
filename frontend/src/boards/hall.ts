/** What the elements of one page share of a board: its session, its acts, its toasts and its voice, made once for each frame. */
import { Acts } from "./acts";
import { Announcer } from "./announcer";
import { Frame } from "./frame";
import { type Options, Session } from "./session";
import { tell } from "./dialogs";
import { Toasts } from "./toasts";

export type Hall = { root: HTMLElement; session: Session; acts: Acts; toasts: Toasts; announcer: Announcer };

const known = new WeakMap<Element, Hall>();

/** The hall round an element of a board; null where the page says nothing of one. */
export function hallOf(element: Element): Hall | null {
  const root = element.closest<HTMLElement>("[data-board]");
  const told = root?.querySelector('script[type="application/json"]')?.textContent;
  if (!root || !told) return null;
  const found = known.get(root);
  if (found) return found;
  const options = JSON.parse(told) as Options;
  const session = new Session(options);
  const announcer = new Announcer(session, root.querySelector<HTMLElement>("[data-says-polite]")!);
  const toasts = new Toasts(root.querySelector<HTMLElement>("[data-toasts]")!);
  const acts = new Acts(session, root, toasts, (sentence) => announcer.say(sentence));
  const hall = { root, session, acts, toasts, announcer };
  known.set(root, hall);
  new Frame(session, root, (sentence) => toasts.say(sentence, { tone: "trouble" }));
  hear(hall);
  void session.start();
  // For tests and for those who look under the bonnet.
  Object.assign(root, { board: session });
  return hall;
}

function hear({ root, session, acts, toasts, announcer }: Hall): void {
  const { words } = session;
  session.on("clash", ({ card, group, aliases }) => {
    const other = aliases.find((alias) => alias !== session.seat) ?? "";
    const parts = { name: session.nameOf(other), card: session.model.cards.get(card)?.text ?? "", group: session.model.groups.get(group)?.title || words.say("unnamed") };
    const sentence = words.say("clash", parts);
    toasts.say(sentence, { stays: true, offer: { label: words.say("show"), act: () => session.choose(card, "list") } });
    announcer.say(sentence);
  });
  session.on("phase", (phase) => {
    const name = root.querySelector(`[data-phase="${CSS.escape(phase)}"]`)?.textContent?.trim();
    if (!name) return;
    toasts.say(words.say("now_phase", { phase: name }));
    announcer.say(words.say("now_phase", { phase: name }));
  });
  session.on("refused", ({ sentence, typed }) => {
    announcer.say(sentence);
    if (!typed) return toasts.say(sentence, { tone: "trouble" });
    const box = root.querySelector<HTMLElement>("dialog[data-dialog=refused]")!;
    box.querySelector("[data-sentence]")!.textContent = sentence;
    box.querySelector<HTMLTextAreaElement>("textarea")!.value = typed;
    if (!(box as HTMLDialogElement).open) void tell(root, "refused");
  });
  root.addEventListener("click", (event) => {
    const does = (event.target as Element).closest<HTMLElement>("[data-does]")?.dataset["does"];
    if (does === "undo") acts.undo();
    else if (does === "redo") acts.redo();
    else if (does === "keys") void tell(root, "keys");
    else if (does === "group") void acts.emptyGroup();
    else if (does === "copy") {
      const field = root.querySelector<HTMLTextAreaElement>("dialog[data-dialog=refused] textarea")!;
      field.select();
      void navigator.clipboard?.writeText(field.value).then(() => announcer.say(words.say("copied")));
    } else if (does === "list" || does === "picture") show(root, does);
  });
}

/** On a narrow screen one of the two views is seen at a time. */
function show(root: HTMLElement, view: string): void {
  root.dataset["view"] = view;
  for (const button of root.querySelectorAll<HTMLElement>("[data-does=list], [data-does=picture]")) button.setAttribute("aria-pressed", String(button.dataset["does"] === view));
}
