// Size of what a first visit loads: JavaScript and style sheets, gzipped. Exits 1 if the JavaScript exceeds the limit.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 350_000;
const folder = new URL("../../build/dashboard/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", folder), "utf8"));

const gzippedSize = (file) => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length;

/** The files of an entry and of everything that it imports statically. */
function filesOf(name, files = { scripts: new Set(), styles: new Set() }) {
  const { file, imports = [], css = [] } = manifest[name];
  if (files.scripts.has(file)) return files;
  files.scripts.add(file);
  for (const style of css) files.styles.add(style);
  for (const imported of imports) filesOf(imported, files);
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + gzippedSize(file), 0);
const { scripts, styles } = filesOf("index.html");
const script = sum(scripts);
console.log(`first visit: ${script} bytes of JavaScript gzipped in ${scripts.size} files (limit ${LIMIT_BYTES}), ${sum(styles)} of style sheets`);
for (const [name, { isDynamicEntry }] of Object.entries(manifest)) {
  if (!isDynamicEntry) continue;
  const added = [...filesOf(name).scripts].filter((file) => !scripts.has(file));
  console.log(`${name}: ${sum(added)} more`);
}
process.exit(script > LIMIT_BYTES ? 1 : 0);
