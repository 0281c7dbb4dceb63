/** Changing a text where it differs, so that two people can write in one card, and the sentences of the page. */
import type * as Y from "yjs";

type Cut = { start: number; removed: number; added: string };

const isHalf = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
};

/** Where `after` differs from `before`: one run, never through the middle of a letter that takes two units. */
export function differ(before: string, after: string): Cut {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  while (start > 0 && (isHalf(before, start) || isHalf(after, start))) start--;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  while (end > 0 && (isHalf(before, before.length - end) || isHalf(after, after.length - end))) end--;
  return { start, removed: before.length - start - end, added: after.slice(start, after.length - end) };
}

/** Brings a text of the document to `wanted` by one cut. */
export function rewrite(text: Y.Text, wanted: string): void {
  const { start, removed, added } = differ(text.toString(), wanted);
  if (removed) text.delete(start, removed);
  if (added) text.insert(start, added);
}

/** What both made of `base`: mine with theirs worked in. Where both changed the same run, theirs stands before mine. */
export function merge(base: string, mine: string, theirs: string): string {
  if (mine === base || mine === theirs) return theirs;
  if (theirs === base) return mine;
  const a = differ(base, theirs);
  const b = differ(base, mine);
  const put = (text: string, cut: Cut, shift = 0): string =>
    text.slice(0, cut.start + shift) + cut.added + text.slice(cut.start + shift + cut.removed);
  if (a.start + a.removed <= b.start) return put(theirs, b, a.added.length - a.removed);
  if (b.start + b.removed <= a.start) return put(theirs, b);
  const at = a.start + a.added.length;
  return theirs.slice(0, at) + b.added + theirs.slice(at);
}

export type Words = Record<string, string | [string, string]>;

/** The sentences of the page, translated by the server: `say("moved", {card: "…"})`, `count("cards", 3)`. */
export class Sentences {
  constructor(
    private readonly words: Words,
    private readonly numbers = new Intl.NumberFormat(document.documentElement.lang || "de"),
  ) {}

  say(key: string, parts: Record<string, string | number> = {}): string {
    const found = this.words[key];
    return this.fill(Array.isArray(found) ? found[1] : (found ?? key), parts);
  }

  count(key: string, count: number, parts: Record<string, string | number> = {}): string {
    const found = this.words[key];
    const sentence = Array.isArray(found) ? found[count === 1 ? 0 : 1] : (found ?? key);
    return this.fill(sentence, { count: this.numbers.format(count), ...parts });
  }

  private fill(sentence: string, parts: Record<string, string | number>): string {
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (name in parts ? String(parts[name]) : whole));
  }
}

/** The first words of a text, for a sentence about it. */
export function inShort(text: string, most = 48): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most).replace(/\s+\S*$/, "")} …`;
}
