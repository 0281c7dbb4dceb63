/** <theme-switch> round three buttons with data-theme "light", "dark" and "auto". */
class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>("button[data-theme]");
      if (button) this.choose(button.dataset["theme"] ?? "auto");
    });
    this.mark(document.documentElement.dataset["kernTheme"] ?? "auto");
  }

  private choose(theme: string): void {
    const root = document.documentElement;
    if (theme === "auto") delete root.dataset["kernTheme"];
    else root.dataset["kernTheme"] = theme;
    try {
      if (theme === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      /* the choice holds for this page only */
    }
    for (const other of document.querySelectorAll<ThemeSwitch>("theme-switch")) other.mark(theme);
    document.dispatchEvent(new CustomEvent("theme-changed"));
  }

  mark(theme: string): void {
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset["theme"] === theme));
    }
  }
}

customElements.define("theme-switch", ThemeSwitch);
