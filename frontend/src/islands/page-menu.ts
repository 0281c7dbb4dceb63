/** Menus are <details class="drop">: they open without a script. Here they close on Escape and on a press elsewhere. */
function closeAllBut(kept: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.drop[open]")) {
    if (!kept || !menu.contains(kept)) menu.open = false;
  }
}

document.addEventListener("pointerdown", (event) => closeAllBut(event.target as Element));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = (document.activeElement as Element | null)?.closest<HTMLDetailsElement>("details.drop[open]");
  closeAllBut(null);
  menu?.querySelector("summary")?.focus();
});
