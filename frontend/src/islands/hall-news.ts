/**
 * <hall-news data-live="wss://…" data-every="2"> has the part in it that says data-news ask for what is new: when the live process calls,
 * and as often as data-every says (seconds) while there is no line to it (data-heard: there is one). With data-drawers also when somebody
 * writes unseen.
 */
import { KIND } from "../boards/wire";

const SELDOM = 20_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

class HallNews extends HTMLElement {
  private socket: WebSocket | null = null;
  private timer = 0;
  private retry = 0;
  private pause = FIRST_PAUSE;
  private get isHeard(): boolean { return "heard" in this.dataset; }

  connectedCallback(): void {
    this.wait();
    this.connect();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private connect(): void {
    const address = this.dataset["live"];
    if (!address) return;
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => {
      const [kind, drawer] = new Uint8Array(event.data);
      if (kind === KIND.hello) this.greeted();
      else if (kind === KIND.update && (drawer === 0 || "drawers" in this.dataset)) this.ask();
    });
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      delete this.dataset["heard"];
      this.wait();
      this.retry = window.setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
      this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
    });
  }

  /** There is a line; what came before it is asked for once. */
  private greeted(): void {
    this.dataset["heard"] = "";
    this.pause = FIRST_PAUSE;
    this.ask();
  }

  private ask(): void {
    this.querySelector("[data-news]")?.dispatchEvent(new CustomEvent("news"));
    this.wait();
  }

  private wait(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), this.isHeard ? SELDOM : Number(this.dataset["every"] ?? 2) * 1_000);
  }
}

customElements.define("hall-news", HallNews);
