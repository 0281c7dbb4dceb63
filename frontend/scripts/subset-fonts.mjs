// KERN ships Fira Sans with every script in one file, 130 KB a weight. Cut by alphabet, a page in German or English
// fetches 16 KB a weight, and names from further away fetch theirs only where they occur.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const source = new URL("../node_modules/@kern-ux/native/dist/fonts/fira-sans/", import.meta.url);
const target = new URL("../src/fonts/", import.meta.url);

const letters = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

const alphabets = {
  latin: letters(0x20, 0x7e) + letters(0xa0, 0xff) + letters(0x2009, 0x2011) + "–—‘’‚“”„†•…‰‹›\u202f€™←↑→↓−≤≥ẞ",
  extended: letters(0x100, 0x17f) + "ȘșȚțƏə",
  cyrillic: letters(0x400, 0x45f) + "Ґґ",
  greek: letters(0x370, 0x3ff),
};
const weights = { 300: "Light", 400: "Regular", 600: "SemiBold" };

await mkdir(target, { recursive: true });
for (const [weight, name] of Object.entries(weights)) {
  const font = await readFile(new URL(`FiraSans-${name}.woff2`, source));
  for (const [alphabet, text] of Object.entries(alphabets)) {
    const cut = await subsetFont(font, text, { targetFormat: "woff2", noLayoutClosure: true });
    await writeFile(fileURLToPath(new URL(`fira-sans-${alphabet}-${weight}.woff2`, target)), cut);
  }
}
