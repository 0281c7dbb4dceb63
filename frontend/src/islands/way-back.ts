/** <way-back> round a button: back to the page before, where what was typed still stands. Without it there is the browser's own. */
class WayBack extends HTMLElement {
  connectedCallback(): void {
    if (history.length < 2) return;
    this.hidden = false;
    this.addEventListener("click", () => history.back());
  }
}

customElements.define("way-back", WayBack);
