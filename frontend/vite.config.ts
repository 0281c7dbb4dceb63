import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { type AcceptedPlugin } from "postcss";
import { defineConfig, type Plugin } from "vite";

const target = new URL("../src/civitas/kit/static/kit/", import.meta.url).pathname;

/** The server sends these as they are instead of squeezing the same bytes for every visitor. */
function squeezed(): Plugin {
  return {
    name: "squeezed",
    async closeBundle() {
      for (const name of await readdir(target)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const plain = await readFile(join(target, name));
        await writeFile(join(target, `${name}.br`), brotliCompressSync(plain));
        await writeFile(join(target, `${name}.gz`), gzipSync(plain, { level: 9 }));
      }
    },
  };
}

/** KERN has a thousand tokens: what no rule and no script reads, no visitor needs. Themes of cities set tokens, they read none. */
function withoutDeadTokens(): AcceptedPlugin {
  const TOKEN = /var\(\s*(--kern-[\w-]+)/g;
  const namesIn = (text: string): string[] => [...text.matchAll(TOKEN)].map((found) => found[1] ?? "");
  const sources = new URL("src/", import.meta.url);
  const ours = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => /\.(css|ts)$/.test(name));
  return {
    postcssPlugin: "without-dead-tokens",
    OnceExit(root) {
      if (!root.source?.input.file?.endsWith("kern.scss")) return;
      const read = new Set(ours.flatMap((name) => namesIn(readFileSync(new URL(name, sources), "utf8"))));
      root.walkDecls((rule) => {
        if (!rule.prop.startsWith("--kern-")) namesIn(rule.value).forEach((name) => read.add(name));
      });
      // A token that is read may stand on others.
      for (let before = -1; before !== read.size; ) {
        before = read.size;
        root.walkDecls((rule) => {
          if (read.has(rule.prop)) namesIn(rule.value).forEach((name) => read.add(name));
        });
      }
      root.walkDecls(/^--kern-/, (rule) => {
        if (!read.has(rule.prop)) rule.remove();
      });
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [squeezed()],
  css: { postcss: { plugins: [withoutDeadTokens()] } },
  build: {
    outDir: target,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        main: "src/main.ts",
        desk: "src/desk.ts",
        lab: "src/lab.ts",
        provision: "src/provision.ts",
        beyond: "src/beyond.ts",
        early: "src/early.ts",
        board: "src/board.ts",
        hall: "src/hall.ts",
        classes: "src/classes.ts",
      },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        // The map's worker comes as .mjs, which some servers send as plain text.
        assetFileNames: (asset) => (asset.names[0]?.endsWith(".mjs") ? "[name]-[hash].js" : "[name]-[hash][extname]"),
      },
    },
  },
});
