/**
 * <count-down data-left="462"> shows minutes and seconds and runs by this page's own clock, counted from what the server said; with
 * data-stopped it stands. At the end it has the class is-over. Without scripts it says what was left when the page was made.
 */
class CountDown extends HTMLElement {
  private endsAt = 0;
  private timer = 0;

  connectedCallback(): void {
    this.endsAt = performance.now() + Number(this.dataset["left"] ?? 0) * 1_000;
    this.setAttribute("role", "timer");
    if ("stopped" in this.dataset) return;
    this.timer = window.setInterval(() => this.show(), 250);
    this.show();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }

  private show(): void {
    const left = Math.max(0, Math.ceil((this.endsAt - performance.now()) / 1_000));
    const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (this.textContent !== words) this.textContent = words;
    this.classList.toggle("is-soon", left > 0 && left <= 60);
    this.classList.toggle("is-over", left === 0);
  }
}

customElements.define("count-down", CountDown);
