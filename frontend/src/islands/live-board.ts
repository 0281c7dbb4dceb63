/**
 * <live-board> within the frame of a board ([data-board]): the board as a picture, live. Its options stand in the frame's JSON;
 * without an address of the live process it is a try-it board in memory.
 */
import { hallOf } from "../boards/hall";
import { tell } from "../boards/dialogs";
import { paintBoard, saveFile } from "../boards/exporting";
import { Bar } from "../boards/picture/bar";
import { Hands, type Tool } from "../boards/picture/hands";
import { listenToKeys } from "../boards/picture/keys";
import { Picture } from "../boards/picture/picture";
import { Writing } from "../boards/picture/writing";
import { type Colour, COLOURS } from "../boards/schema";

class LiveBoard extends HTMLElement {
  connectedCallback(): void {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    else this.start();
  }

  private start(): void {
    const hall = hallOf(this);
    const stage = this.querySelector<HTMLElement>("[data-stage]");
    if (!hall || !stage || stage.childElementCount) return;
    const { session, acts, toasts, announcer, root } = hall;
    const picture = new Picture(session, stage, this.querySelector<HTMLCanvasElement>("[data-map]"));
    const writing = new Writing(session, picture);
    const hint = (): void => {
      const place = this.querySelector<HTMLElement>("[data-hint]");
      if (!place) return;
      place.hidden = hands.tool === "select";
      const says = [session.words.say(`hint_${hands.tool}`)];
      if (hands.tool === "dots") {
        if (!matchMedia("(pointer: coarse)").matches) says.push(session.words.say("hint_dots_keys"));
        says.push(`${session.words.count("dots_left", session.may.dotsLeft())}.`);
      }
      place.textContent = says.join(" ");
    };
    const pick = (tool: string): void => {
      hands.tool = tool as Tool;
      hands.from = "";
      stage.dataset["mode"] = tool;
      for (const button of this.querySelectorAll<HTMLElement>("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset["tool"] === tool));
      hint();
    };
    const write = (id: string, isNew = !session.model.cards.get(id)?.text): void => writing.open(id, isNew);
    const doing = {
      write,
      rename: (id: string): void => acts.run("rename", id),
      toolDone: (): void => pick("select"),
      refuse: (key: string): void => {
        toasts.say(session.words.say(key));
        announcer.say(session.words.say(key));
      },
    };
    const hands: Hands = new Hands(picture, doing, this.hasAttribute("data-inset"));
    const bar = new Bar(picture, this.querySelector<HTMLElement>("[data-part=bar]")!, acts, (id) => write(id));
    picture.whenDrawn = (): void => {
      bar.update(writing.isOpen || picture.carried !== "" || picture.isFar || hands.tool === "dots" || hands.tool === "connect");
      writing.place();
      const { layout, model, may } = session;
      this.querySelector("[data-empty]")?.toggleAttribute("hidden", layout.cards.size + layout.groups.size + model.strokes.size > 0 || !!layout.canvas || !may.write() || model.isFilling);
      for (const place of this.querySelectorAll("[data-zoom]")) place.textContent = `${Math.round(picture.camera.zoom * 100)} %`;
    };
    session.on("change", () => {
      if (hands.tool === "dots") hint();
    });
    listenToKeys({ picture, acts, bar, write, pick, help: () => void tell(root, "keys") });
    root.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-tool], [data-camera], [data-save], [data-pen], [data-does]");
      if (!button) return;
      if (button.dataset["tool"]) pick(button.dataset["tool"] === hands.tool ? "select" : button.dataset["tool"]);
      const move = button.dataset["camera"];
      if (move === "in" || move === "out") picture.camera.step(move === "in");
      else if (move === "fit") picture.fit();
      else if (move === "whole") picture.camera.zoomBy(1 / picture.camera.zoom);
      const pen = button.dataset["pen"];
      if (COLOURS.includes(pen as Colour)) hands.pen = pen as Colour;
      if (button.dataset["save"] === "png") void paintBoard(session).then((blob) => blob && saveFile(blob, `${session.options.title || "board"}.png`));
    });
    pick("select");
    this.fitOnce(picture);
  }

  /** The whole board at first sight, as soon as there is one. */
  private fitOnce(picture: Picture): void {
    let isDone = false;
    const fit = (): void => {
      if (isDone || !picture.stage.clientWidth || !picture.session.layout.cards.size && !picture.session.layout.canvas) return;
      // What comes from the server may be more than what this browser kept.
      isDone = !picture.session.model.isFilling;
      picture.fit(false);
      const { layout } = picture.session;
      const start = layout.bounds();
      // On a phone all of it at once is too small to read: begin at the top corner.
      if (picture.camera.width < 700 && picture.camera.zoom < 0.6) picture.camera.show(start.x, start.y, 0.6, 16, picture.top);
      // A poster is filled, not looked at from afar: what lies beside it can wait.
      else if (layout.canvas && picture.camera.zoom < 0.6) picture.fitWidth(layout.canvas.size[0]);
      // Cards of a large board are read, not counted: begin where one can.
      if (picture.camera.zoom < 0.3 && picture.session.layout.cards.size < 400) picture.camera.zoomBy(0.5 / picture.camera.zoom, 0, 0);
    };
    picture.session.on("change", fit);
    picture.session.on("state", fit);
    new ResizeObserver(fit).observe(picture.stage);
    fit();
    const touched = (): void => void (isDone = isDone || picture.session.layout.cards.size > 0);
    picture.stage.addEventListener("wheel", touched, { passive: true });
    picture.stage.addEventListener("pointerdown", touched);
    if (!isDone) picture.camera.pan(picture.camera.width / 2 - 400, 80);
    picture.render();
  }
}

if (!customElements.get("live-board")) customElements.define("live-board", LiveBoard);

export {};
