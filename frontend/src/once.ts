/**
 * A double click, or Enter held down, sends a form once. The browser shows the answer to the last thing that was sent, so a second
 * press would be told that there is nothing left to do. What scripts send themselves is theirs; another button is another wish.
 */
const MOMENT_MS = 2_000;
let sent = new WeakMap<HTMLFormElement, { by: HTMLElement | null; at: number }>();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  const before = sent.get(form);
  const at = performance.now();
  if (before && before.by === event.submitter && at - before.at < MOMENT_MS) event.preventDefault();
  else sent.set(form, { by: event.submitter, at });
});

// Who came back to the page begins anew.
window.addEventListener("pageshow", () => {
  sent = new WeakMap();
});

export {};
