/**
 * <comment-thread data-path> round a page of comments: an address that names a comment after its # (from an old mail) finds it
 * also when it stands on another page.
 */
class CommentThread extends HTMLElement {
  connectedCallback(): void {
    const key = /^#k-(\d{1,18})$/.exec(location.hash)?.[1];
    const path = this.dataset["path"];
    // The comments may come after this element's beginning while the page still streams in.
    if (!key || !path || new URLSearchParams(location.search).has("kommentar")) return;
    const look = (): void => {
      if (!document.getElementById(`k-${key}`)) location.replace(`${path}?kommentar=${key}#k-${key}`);
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look, { once: true });
    else look();
  }
}

customElements.define("comment-thread", CommentThread);

export {};
