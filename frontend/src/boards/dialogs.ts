/** The questions a board asks: which group, which card, what name. Native dialogs that the page brings along. */
import { inShort } from "./texts";

export type Entry = { id: string; label: string; note?: string; colour?: string };

const MOST_SHOWN = 60;

function dialog(root: ParentNode, name: string): HTMLDialogElement {
  return root.querySelector<HTMLDialogElement>(`dialog[data-dialog="${name}"]`)!;
}

/** Opens a dialog and gives what was chosen in it, '' if it was closed. The focus goes back to where it was. */
function answerOf(box: HTMLDialogElement): Promise<string> {
  const before = document.activeElement;
  box.returnValue = "";
  box.showModal();
  return new Promise((done) => {
    box.addEventListener(
      "close",
      () => {
        if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
        done(box.returnValue);
      },
      { once: true },
    );
  });
}

/** One of many, found by typing; `name` is the dialog that asks. Gives its id, 'new' for a new one, '' for none. */
export function chooseOne(root: ParentNode, name: string, entries: Entry[]): Promise<string> {
  const box = dialog(root, name);
  const list = box.querySelector<HTMLElement>("[data-entries]")!;
  const search = box.querySelector<HTMLInputElement>("input[type=search]");
  const none = box.querySelector<HTMLElement>("[data-none]");
  const show = (): void => {
    const wanted = (search?.value ?? "").toLocaleLowerCase().trim();
    const found = entries.filter(({ label, note }) => `${label} ${note ?? ""}`.toLocaleLowerCase().includes(wanted));
    list.replaceChildren(
      ...found.slice(0, MOST_SHOWN).map(({ id, label, note, colour }) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.className = `bd__choice${colour ? ` bd__choice--${colour}` : ""}`;
        button.value = id;
        button.append(Object.assign(document.createElement("b"), { textContent: inShort(label, 120) }));
        if (note) button.append(Object.assign(document.createElement("small"), { textContent: note }));
        item.append(button);
        return item;
      }),
    );
    none?.toggleAttribute("hidden", found.length > 0);
  };
  if (search) {
    search.value = "";
    search.oninput = show;
    search.onkeydown = (event): void => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      list.querySelector<HTMLButtonElement>("button")?.click();
    };
    search.parentElement?.toggleAttribute("hidden", entries.length < 7);
  }
  show();
  const answer = answerOf(box);
  // With few to choose from there is no search, and the list itself is not where one wants to be.
  if (!search || search.parentElement?.hidden) list.querySelector<HTMLButtonElement>("button")?.focus();
  return answer;
}

/** A name or short text; null if the dialog was closed without saying. */
export async function askText(root: ParentNode, name: string, value: string, label = ""): Promise<string | null> {
  const box = dialog(root, name);
  const field = box.querySelector<HTMLInputElement>("input[type=text]")!;
  field.value = value;
  if (label) box.querySelector("label")!.textContent = label;
  const answer = answerOf(box);
  field.focus();
  field.select();
  return (await answer) === "yes" ? field.value.trim() : null;
}

/** A dialog that only tells. */
export function tell(root: ParentNode, name: string): Promise<string> {
  return answerOf(dialog(root, name));
}
