import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
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

export default defineConfig({
  base: "./",
  plugins: [squeezed()],
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
        early: "src/early.ts",
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
