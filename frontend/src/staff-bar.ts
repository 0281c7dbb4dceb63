/** The team's row of links, longer than the window: what is open stands in sight, and the row fades out where it goes on. */
const row = document.querySelector<HTMLElement>(".staffbar__row");

function mark(row: HTMLElement): void {
  const gone = Math.abs(row.scrollLeft);
  const rest = row.scrollWidth - row.clientWidth - gone;
  const [left, right] = getComputedStyle(row).direction === "rtl" ? [rest, gone] : [gone, rest];
  row.classList.toggle("goes-before", left > 1);
  row.classList.toggle("goes-after", right > 1);
}

if (row) {
  const here = row.querySelector<HTMLElement>("[aria-current]");
  if (here && row.scrollWidth > row.clientWidth) {
    const from = here.getBoundingClientRect();
    const whole = row.getBoundingClientRect();
    row.scrollLeft += from.left - whole.left - (whole.width - from.width) / 2;
  }
  mark(row);
  row.addEventListener("scroll", () => mark(row), { passive: true });
  new ResizeObserver(() => mark(row)).observe(row);
}

export {};
