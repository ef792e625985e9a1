// Bundles src/ into webui/static/dist, which the pages load as they are.
// What a page's script does belongs in src/; only what becomes of it is said here.
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "..", "static", "dist");

await rm(output, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/app.js", "src/diagram.js", "src/app.css", "src/diagram.css"],
  outdir: output,
  bundle: true,
  minify: true,
  sourcemap: false,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  // bpmn-js' own icon fonts, beside the style sheets that name them: the pages' CSP knows only 'self'.
  loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".eot": "file", ".svg": "file" },
  assetNames: "[name]-[hash]",
  legalComments: "linked",
  logLevel: "warning",
});
