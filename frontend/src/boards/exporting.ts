/** The whole board as a picture file, painted in the browser as it is seen. */
import { curve, edge, smooth } from "./picture/ink";
import { paints } from "./picture/minimap";
import { LONG, fieldsOf, make, middleOf } from "./picture/things";
import type { Rect } from "./layout";
import type { Session } from "./session";

const EDGE = 48;
/** So high is a picture on a card. */
const PICTURE = 64;
/** What browsers of phones paint at most: a side, and all of it. */
const MOST_PIXELS = 12_000;
const MOST_AREA = 16_000_000;
/** The first letter that has a direction reads from right to left. */
const FROM_RIGHT = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** A text by what people take for one sign, as a flag or a family is. */
const signsOf = (text: string): string[] => [...signs.segment(text)].map(({ segment }) => segment);
const FONT = '"Fira Sans", "Fira Sans Regular", system-ui, sans-serif';

/** Words in lines that fit, the last with dots if there are more. */
export function linesOf(brush: CanvasRenderingContext2D, text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(/(\s+)/);
  for (const word of words) {
    if (brush.measureText(line + word).width <= width || !line.trim()) {
      line += word;
      while (brush.measureText(line).width > width) {
        const parts = signsOf(line);
        if (parts.length < 2) break;
        let cut = parts.length - 1;
        while (cut > 1 && brush.measureText(parts.slice(0, cut).join("")).width > width) cut--;
        lines.push(parts.slice(0, cut).join(""));
        line = parts.slice(cut).join("");
      }
    } else {
      lines.push(line.trim());
      line = word.trimStart();
    }
  }
  if (line.trim()) lines.push(line.trim());
  if (lines.length <= most) return lines;
  const rest = signsOf(lines.slice(most - 1).join(" "));
  let fits = rest.length;
  while (fits > 1 && brush.measureText(`${rest.slice(0, fits).join("")}…`).width > width) fits--;
  return [...lines.slice(0, most - 1), `${rest.slice(0, fits).join("").trimEnd()}…`];
}

/** The colours of paper in daylight: a picture is printed and passed on, whatever light its maker works in. */
function daylight(): Record<string, string> {
  const probe = make("div", "bd-paper");
  probe.dataset["kernTheme"] = "light";
  probe.hidden = true;
  document.body.append(probe);
  const paint = paints(probe);
  probe.remove();
  return paint;
}

/** The pictures that lie on cards, by name; one that cannot be seen is left out. */
async function picturesOf(session: Session): Promise<Map<string, ImageBitmap>> {
  const names = new Set([...session.layout.cards.keys()].map((id) => session.model.cards.get(id)!.picture).filter((name) => session.pictures.address(name)));
  const found = new Map<string, ImageBitmap>();
  await Promise.all(
    [...names].map(async (name) => {
      try {
        const answer = await fetch(session.pictures.address(name));
        if (answer.ok) found.set(name, await createImageBitmap(await answer.blob()));
      } catch {
        // The card stands without it.
      }
    }),
  );
  return found;
}

/** A picture over the upper part of its card, cut to that shape from its middle. */
function paintPicture(brush: CanvasRenderingContext2D, image: ImageBitmap, { x, y, w }: Rect): void {
  const scale = Math.max(w / image.width, PICTURE / image.height);
  const [sw, sh] = [w / scale, PICTURE / scale];
  brush.save();
  brush.beginPath();
  brush.roundRect(x, y, w, PICTURE, [6, 6, 0, 0]);
  brush.clip();
  brush.drawImage(image, (image.width - sw) / 2, (image.height - sh) / 2, sw, sh, x, y, w, PICTURE);
  brush.restore();
}

export async function paintBoard(session: Session): Promise<Blob | null> {
  await document.fonts.ready;
  const images = await picturesOf(session);
  const { layout, model } = session;
  const all = layout.bounds();
  const [wide, high] = [all.w + 2 * EDGE, all.h + 2 * EDGE];
  const scale = Math.min(2, MOST_PIXELS / Math.max(wide, high), Math.sqrt(MOST_AREA / (wide * high)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(wide * scale);
  canvas.height = Math.floor(high * scale);
  const brush = canvas.getContext("2d")!;
  const paint = daylight();
  brush.fillStyle = paint["--bd-ground"]!;
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.setTransform(scale, 0, 0, scale, (EDGE - all.x) * scale, (EDGE - all.y) * scale);
  brush.textBaseline = "top";
  const sheet = (x: number, y: number, w: number, h: number, fill: string): void => {
    brush.fillStyle = fill;
    brush.beginPath();
    brush.roundRect(x, y, w, h, 6);
    brush.fill();
  };
  /** With `room` for a line, words that read from the right stand there; `whole` is the text that the line is of. */
  const say = (text: string, x: number, y: number, font: string, fill: string, room = 0, whole = text): void => {
    const fromRight = FROM_RIGHT.test(whole);
    brush.font = font;
    brush.fillStyle = fill;
    brush.direction = fromRight ? "rtl" : "ltr";
    brush.textAlign = fromRight && room ? "right" : "left";
    brush.fillText(text, fromRight ? x + room : x, y);
  };
  for (const region of layout.canvas?.regions ?? []) {
    sheet(region.x, region.y, region.w, region.h, paint["--bd-group"]!);
    brush.globalAlpha = 0.45;
    sheet(region.x, region.y, region.w, region.h, paint[`--bd-${region.colour}`] ?? paint["--bd-group"]!);
    brush.globalAlpha = 1;
    say(region.title, region.x + 16, region.y + 14, `600 20px ${FONT}`, paint["--cd-ink"]!, region.w - 32);
    brush.font = `400 15px ${FONT}`;
    linesOf(brush, region.question, region.w - 32, 2).forEach((line, index) => say(line, region.x + 16, region.y + 42 + index * 19, `400 15px ${FONT}`, paint["--cd-muted"]!, region.w - 32, region.question));
  }
  for (const [id, rect] of layout.groups) {
    sheet(rect.x, rect.y, rect.w, rect.h, paint["--bd-group"]!);
    brush.font = `600 21px ${FONT}`;
    const title = linesOf(brush, model.groups.get(id)?.title || session.words.say("unnamed"), rect.w - 40, 1)[0] ?? "";
    say(title, rect.x + 20, rect.y + 18, `600 21px ${FONT}`, paint["--cd-ink"]!, rect.w - 40);
  }
  const labels: (() => void)[] = [];
  for (const line of model.lines.values()) {
    const [from, to] = [line.from, line.to].map((id) => layout.cards.get(id) ?? layout.groups.get(id));
    if (line.gone || !from || !to) continue;
    brush.strokeStyle = paint["--cd-muted"]!;
    brush.lineWidth = 2;
    const [a, b] = [edge(from, middleOf(to)), edge(to, middleOf(from))];
    brush.stroke(new Path2D(curve(a, b)));
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    brush.save();
    brush.translate(b.x, b.y);
    brush.rotate(Math.abs(dx) > Math.abs(dy) ? Math.atan2(0, dx) : Math.atan2(dy, 0));
    brush.stroke(new Path2D("M-8 -4 0 0 -8 4"));
    brush.restore();
    if (line.label) labels.push(() => {
      const font = `600 14px ${FONT}`;
      brush.font = font;
      const width = brush.measureText(line.label).width;
      const [x, y] = [(a.x + b.x - width) / 2, (a.y + b.y) / 2 - 8];
      sheet(x - 6, y - 3, width + 12, 21, paint["--bd-ground"]!);
      say(line.label, x, y, font, paint["--cd-ink"]!, FROM_RIGHT.test(line.label) ? width : 0);
    });
  }
  for (const [id, rect] of layout.cards) {
    const card = model.cards.get(id)!;
    brush.shadowColor = "rgba(60,52,24,0.24)";
    brush.shadowBlur = 6 * scale;
    brush.shadowOffsetY = 3 * scale;
    sheet(rect.x, rect.y, rect.w, rect.h, paint[`--bd-${card.colour}`]!);
    brush.shadowColor = "transparent";
    const image = images.get(card.picture);
    if (image) paintPicture(brush, image, rect);
    const fields = fieldsOf(session, card);
    // Who gets the picture is somebody else than who takes it along: everybody stands there by name.
    const foot = fields.length ? fields : [card.number ? session.authorOf(card) : session.nameOf(card.by)];
    const dots = model.dotCount(id);
    const size = card.text.length > LONG || image ? 14 : 16;
    const top = rect.y + (image ? PICTURE + 7 : 13);
    const most = Math.max(1, Math.floor((rect.y + rect.h - 8 - foot.length * 17 - top) / (size + 4.5)));
    brush.font = `400 ${size}px ${FONT}`;
    linesOf(brush, card.text, rect.w - 28, most).forEach((line, index) => say(line, rect.x + 14, top + index * (size + 4.5), `400 ${size}px ${FONT}`, paint["--bd-card-ink"]!, rect.w - 28, card.text));
    brush.font = `400 13px ${FONT}`;
    foot.forEach((line, index) => say(linesOf(brush, line, rect.w - (dots ? 60 : 28), 1)[0] ?? "", rect.x + 14, rect.y + rect.h - 8 - (foot.length - index) * 17, `400 13px ${FONT}`, paint["--bd-card-ink"]!));
    if (dots) say(`● ${dots}`, rect.x + rect.w - 44, rect.y + rect.h - 25, `600 13px ${FONT}`, paint["--bd-card-ink"]!);
  }
  for (const stroke of model.strokes.values()) {
    if (stroke.gone) continue;
    brush.strokeStyle = paint[`--pen-${stroke.colour}`]!;
    brush.lineWidth = stroke.width;
    brush.lineCap = brush.lineJoin = "round";
    brush.stroke(new Path2D(smooth(stroke.points)));
  }
  labels.forEach((label) => label());
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** Hands a file to the browser's downloads. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
