import { defineConfig } from "vite";

// Paths are relative, since a node may serve the console below a prefix. Nothing is inlined: the
// content security policy allows no data but images.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/leveret/management/console/built",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": "http://localhost:15672" } },
});
