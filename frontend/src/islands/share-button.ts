/** <share-button data-url data-title data-copied> round one button: the system's share sheet, or the address copied. */
class ShareButton extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.share(button));
  }

  private async share(button: HTMLButtonElement): Promise<void> {
    const url = new URL(this.dataset["url"] ?? "", location.href).href;
    if (navigator.share) {
      await navigator.share({ url, title: this.dataset["title"] ?? document.title }).catch(() => undefined);
      return;
    }
    await navigator.clipboard.writeText(url);
    const label = button.querySelector("span") ?? button;
    const before = label.textContent;
    label.textContent = this.dataset["copied"] ?? url;
    window.setTimeout(() => (label.textContent = before), 3000);
  }
}

customElements.define("share-button", ShareButton);
