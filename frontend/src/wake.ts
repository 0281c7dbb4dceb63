/**
 * Islands are fetched when a page has their element, so that no page pays for another's. What htmx swaps in wakes as well.
 * Until then an island is the plain HTML that it stands round. A page that begins with an island names it in its head with
 * {% island "giving" %}: then it is awake as soon as the page is there, and nothing jumps.
 */
const ISLANDS: [string, () => Promise<unknown>][] = [
  ["comment-thread", () => import("./islands/comment-thread")],
  ["explore-view", () => import("./islands/explore-view")],
  // Other forms that take files fetch the give form's script, so that the give form needs one file and not two.
  ["file-upload:not(give-steps *)", () => import("./islands/giving")],
  ["give-steps", () => import("./islands/giving")],
  ["keep-draft:not(:has(give-steps))", () => import("./islands/keep-draft")],
  ["passkey-door", () => import("./islands/passkey-door")],
  ["place-finder[mends]", () => import("./islands/place-finder")],
  ["redact-areas", () => import("./islands/redact-areas")],
  ["redact-marks", () => import("./islands/redact-marks")],
  ["share-button", () => import("./islands/share-button")],
  ["tick-keeper", () => import("./islands/tick-keeper")],
  ["work-queue", () => import("./islands/work-queue")],
];
const asked = new Set<string>();

function fetchFor(page: ParentNode): void {
  for (const [element, fetch] of ISLANDS) {
    if (asked.has(element) || !page.querySelector(element)) continue;
    asked.add(element);
    // Without a network the plain HTML stays; the next swap asks again.
    fetch().catch(() => asked.delete(element));
  }
}

/** Fetch the islands of this page now, and those of each fragment when it comes. */
export function wakeIslands(): void {
  fetchFor(document);
  // The proof of work is fetched by who begins to fill in a form, and by nobody who only looks at it.
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof Element && event.target.closest("form")?.querySelector("prove-work")) void import("./islands/prove-work");
  });
  document.addEventListener("htmx:load", () => fetchFor(document));
}
