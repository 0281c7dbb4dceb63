// Runs before the first paint, so that a chosen theme does not flash. Without a choice the system decides.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["kernTheme"] = chosen;
} catch {
  /* a browser that stores nothing keeps the system's theme */
}
