import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/civitas/kit/static/kit",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
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
