// Lighthouse with its phone profile on the four pages of the Bürgersensor, on a fresh demo.
//
//     cd bench/lighthouse && npm ci && node run.mjs          the house's `civitas` must be on the path
//
// Writes bench/results/lighthouse.json and docs/lighthouse.md; ends with 1 when a figure is below its aim.
// Needs Node 22.19 or newer and Debian's chromium (CHROME_PATH for another).
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const CHROME = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const AIMS = { performance: 95, accessibility: 100, "best-practices": 100, seo: 95 };
const NAMES = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices", seo: "SEO" };
const RUNS = Number(process.env.RUNS ?? 3);
const CITY = "hamburg";

/** A port that nobody listens on. */
function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

/** Waits until the site answers; fails when it ended or four minutes have gone by. */
async function ready(site, url) {
  const deadline = Date.now() + 240_000;
  while (Date.now() < deadline) {
    if (site.exitCode !== null) throw new Error(`the demo ended with ${site.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((on) => setTimeout(on, 500));
  }
  throw new Error("the demo did not start");
}

/** A page of the city as text; Node itself does not know that *.localhost is this machine. */
function fetched(port, path) {
  return new Promise((done, failed) => {
    const asked = request({ host: "127.0.0.1", port, path, headers: { host: `${CITY}.localhost:${port}` } }, (answer) => {
      let text = "";
      answer.setEncoding("utf-8").on("data", (part) => (text += part)).on("end", () => done(text));
    });
    asked.once("error", failed).end();
  });
}

/** One measurement. On a busy machine Lighthouse now and then loses its own trace (NO_NAVSTART): then it is taken again. */
async function measure(url, folder, number) {
  for (let left = 2; ; left--) {
    try {
      return await measureOnce(url, folder, number);
    } catch (error) {
      if (!left) throw error;
      console.error(`${error.message}; once more`);
    }
  }
}

/** The report as Lighthouse writes it. */
function measureOnce(url, folder, number) {
  const out = join(folder, `${number}.json`);
  const flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking";
  const args = [
    join(import.meta.dirname, "node_modules/lighthouse/cli/index.js"), url, "--quiet", "--output=json", `--output-path=${out}`,
    "--form-factor=mobile", "--throttling-method=simulate", `--only-categories=${Object.keys(AIMS).join(",")}`,
    // Nothing of ours comes from elsewhere; the map's background would, and no measurement asks the city's map service.
    `--chrome-flags=${flags} --host-resolver-rules="MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"`,
  ];
  return new Promise((done, failed) => {
    const run = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, CHROME_PATH: CHROME } });
    run.once("exit", async (code) => {
      if (code !== 0) return failed(new Error(`lighthouse ended with ${code} at ${url}`));
      done(JSON.parse(await readFile(out, "utf-8")));
    });
  });
}

const median = (values) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
const seconds = (report, name) => Math.round(report.audits[name].numericValue / 10) / 100;

async function main() {
  const folder = await mkdtemp(join(tmpdir(), "lighthouse-"));
  const port = await freePort();
  const environment = { ...process.env, CIVITAS_DATA: folder, HOST: "127.0.0.1", PORT: String(port), WEB_PROCESSES: "1" };
  delete environment.DATABASE_URL;
  const site = spawn("civitas", ["demo"], { env: environment, stdio: "ignore" });
  const base = `http://${CITY}.localhost:${port}`;
  try {
    await ready(site, `http://127.0.0.1:${port}/health`);
    const list = await fetched(port, "/entdecken");
    const contribution = list.match(/href="(\/beitrag\/\d+-[^"#?]+)"/)?.[1];
    if (!contribution) throw new Error("the demo shows no contribution");
    const pages = { "city front page": "/", explore: "/entdecken", "one contribution": contribution, "give form": "/geben" };
    const found = [];
    let number = 0;
    for (const [name, path] of Object.entries(pages)) {
      const reports = [];
      for (let turn = 0; turn < RUNS; turn++) reports.push(await measure(base + path, folder, number++));
      const scores = Object.fromEntries(
        Object.keys(AIMS).map((key) => [key, median(reports.map((report) => Math.round(report.categories[key].score * 100)))]),
      );
      const last = reports.at(-1);
      const failing = Object.keys(AIMS).flatMap((key) =>
        last.categories[key].auditRefs
          .filter((ref) => ref.weight > 0 && (last.audits[ref.id].score ?? 1) < 0.9)
          .map((ref) => `${ref.id}: ${last.audits[ref.id].title}`),
      );
      found.push({
        page: name, path: path.replace(/\d+-.*/, "…"), scores,
        lcp: median(reports.map((report) => seconds(report, "largest-contentful-paint"))),
        cls: median(reports.map((report) => Math.round(report.audits["cumulative-layout-shift"].numericValue * 1000) / 1000)),
        tbt: Math.round(median(reports.map((report) => report.audits["total-blocking-time"].numericValue))),
        kilobytes: Math.round(median(reports.map((report) => report.audits["total-byte-weight"].numericValue)) / 1024),
        failing,
      });
      console.log(name, JSON.stringify(scores), failing.length ? failing : "");
    }
    const day = new Date().toISOString().slice(0, 10);
    const version = (await import("lighthouse/package.json", { with: { type: "json" } })).default.version;
    await writeFile(join(ROOT, "bench/results/lighthouse.json"), `${JSON.stringify({ day, lighthouse: version, runs: RUNS, aims: AIMS, pages: found }, null, 1)}\n`);
    await writeFile(join(ROOT, "docs/lighthouse.md"), page(found, day, version));
    const below = found.flatMap((row) => Object.keys(AIMS).filter((key) => row.scores[key] < AIMS[key]).map((key) => `${row.page}: ${NAMES[key]} ${row.scores[key]}`));
    if (below.length) console.error(`Below the aims: ${below.join("; ")}`);
    return below.length ? 1 : 0;
  } finally {
    site.kill("SIGTERM");
    await new Promise((gone) => (site.exitCode === null ? site.once("exit", gone) : gone()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** The figures as a page. */
function page(rows, day, version) {
  const lines = rows.map((row) =>
    `| ${row.page} (\`${row.path}\`) | ${row.scores.performance} | ${row.scores.accessibility} | ${row.scores["best-practices"]} | ${row.scores.seo} | ${row.lcp} s | ${row.cls} | ${row.tbt} ms | ${row.kilobytes} kB |`,
  );
  return `# Lighthouse

Measured on ${day} with Lighthouse ${version} and its phone profile (a mid-range phone on slow 4G, simulated), on a fresh demo of Hamburg; ${RUNS === 1 ? "one run" : `median of ${RUNS} runs`}. The map's background
is cut off from the measurement, since it comes from elsewhere and a phone fetches it only when asked to.

    cd bench/lighthouse && npm ci && node run.mjs

It needs Node 22.19 or newer, Debian's chromium and the house's environment on the path; it ends with 1 when a figure is below its aim. The figures are also in \`bench/results/lighthouse.json\`.

| page | performance (aim ${AIMS.performance}) | accessibility (aim ${AIMS.accessibility}) | best practices (aim ${AIMS["best-practices"]}) | SEO (aim ${AIMS.seo}) | largest paint | layout shift | blocked | sent |
|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}
`;
}

process.exitCode = await main();
