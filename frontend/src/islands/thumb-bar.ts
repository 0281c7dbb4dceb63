/** The bar at thumb height repeats the page's one button: it stays away while that button itself is in view (data-after). */
for (const bar of document.querySelectorAll<HTMLElement>(".thumb[data-after]")) {
  const original = document.querySelector(bar.dataset["after"] ?? "");
  if (!original) continue;
  new IntersectionObserver((entries) => {
    bar.toggleAttribute("data-hidden-for-now", entries.some((entry) => entry.isIntersecting));
  }).observe(original);
}

export {};
