/** A file on its way to the server, before the form that it belongs to. */

export type Answer = { next?: number; html?: string; handle?: string; error?: string };

/** What the server, or the file itself, says no to; some of it may be tried again. */
export class Refusal extends Error {
  constructor(sentence: string, readonly mayRepeat: boolean) {
    super(sentence);
  }
}

/** Where a file goes, and who hears of how far it is. */
export interface Way {
  url: string;
  form: HTMLFormElement;
  /** The size of a part, in bytes. */
  part: number;
  /** What is said when nobody gives a reason. */
  refused: string;
  isWanted: () => boolean;
  tellProgress: (percent: number) => void;
  tellAway: () => void;
}

// A photo above the limit is made smaller here; this is the longer side then, in px.
const LONGEST_SIDE = 4096;

/** Send a file in parts; gives what the server says of the whole. Raises Refusal, also when it is no longer wanted. */
export async function sendInParts(file: File, way: Way): Promise<Answer> {
  const upload = crypto.randomUUID?.() ?? randomId();
  const count = Math.max(1, Math.ceil(file.size / way.part));
  let number = 0;
  for (let tries = 0; tries < count * 4 + 8; tries += 1) {
    if (!way.isWanted()) throw new Refusal("", false);
    const body = new FormData();
    const field = (name: string): string => way.form.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? "";
    const values = { uid: field("uid"), seal: field("seal"), upload, number, size: file.size, name: file.name };
    for (const [key, value] of Object.entries(values)) body.set(key, String(value));
    body.set("part", file.slice(number * way.part, (number + 1) * way.part), "part");
    way.tellProgress(Math.round((100 * number) / count));
    const answer = await post(body, field("csrfmiddlewaretoken"), way);
    if (answer.html) return answer;
    number = Math.min(answer.next ?? number + 1, count - 1);
  }
  throw new Refusal(way.refused, true);
}

/** Send one part until somebody answers: a lost connection is waited for, and the same part goes once more. */
async function post(body: FormData, token: string, way: Way): Promise<Answer> {
  for (let pause = 1; ; pause = Math.min(pause * 2, 16)) {
    if (!way.isWanted()) throw new Refusal("", false);
    const answer = await fetch(way.url, {
      method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" },
    }).catch(() => null);
    if (answer && ![502, 503, 504].includes(answer.status)) {
      const said = (await answer.json().catch(() => ({}))) as Answer;
      if (answer.ok) return said;
      throw new Refusal(said.error ?? way.refused, answer.status === 429 || answer.status >= 500);
    }
    way.tellAway();
    await comesBack(pause);
  }
}

/** A photo drawn smaller; null where it still has more than so many bytes. The server takes everything out of it anyway. */
export async function madeSmaller(file: File, most: number): Promise<File | null> {
  const whole = await createImageBitmap(file).catch(() => null);
  if (!whole) return null;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(whole.width * scale);
  canvas.height = Math.round(whole.height * scale);
  canvas.getContext("2d")?.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  return blob && blob.size <= most ? new File([blob], file.name, { type: "image/jpeg" }) : null;
}

/** Resolves when the browser says that it is back, or after a pause in seconds. */
function comesBack(pause: number): Promise<void> {
  return new Promise((done) => {
    const timer = window.setTimeout(finish, pause * 1000);
    window.addEventListener("online", finish, { once: true });
    function finish(): void {
      window.clearTimeout(timer);
      window.removeEventListener("online", finish);
      done();
    }
  });
}

/** A random UUID where the page is not in a secure context and the browser gives none. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
