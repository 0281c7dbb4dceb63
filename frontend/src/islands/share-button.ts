/** <share-button data-url data-title data-copied> round two buttons: the system's share sheet where there is one, and the address copied. */
class ShareButton extends HTMLElement {
  connectedCallback(): void {
    const sheet = this.querySelector<HTMLButtonElement>("[data-do=sheet]");
    const copy = this.querySelector<HTMLButtonElement>("[data-do=copy]");
    const url = new URL(this.dataset["url"] ?? "", location.href).href;
    if (sheet && "share" in navigator) {
      sheet.hidden = false;
      sheet.addEventListener("click", () => {
        // Who closes the sheet has changed their mind: nothing to say.
        void navigator.share({ url, title: this.dataset["title"] ?? document.title }).catch(() => undefined);
      });
    }
    if (copy && "clipboard" in navigator) {
      copy.hidden = false;
      copy.addEventListener("click", () => void this.copy(copy, url));
    }
  }

  private async copy(button: HTMLButtonElement, url: string): Promise<void> {
    await navigator.clipboard.writeText(url);
    const said = this.dataset["copied"] ?? url;
    const label = button.querySelector("span") ?? button;
    const before = label.textContent;
    const status = this.querySelector("[role=status]");
    label.textContent = said;
    if (status) status.textContent = said;
    window.setTimeout(() => (label.textContent = before), 3000);
  }
}

customElements.define("share-button", ShareButton);

export {};
