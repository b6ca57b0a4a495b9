// What a first visit to the list loads: its JavaScript and style sheets, gzipped. Exits 1 above the bar.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BAR = 350_000;
const folder = new URL("../../build/dashboard/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", folder), "utf8"));

const weigh = (file) => gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length;

/** The files of an entry and of all that it imports before it runs. */
function loaded(name, files = { scripts: new Set(), styles: new Set() }) {
  const { file, imports = [], css = [] } = manifest[name];
  if (files.scripts.has(file)) return files;
  files.scripts.add(file);
  for (const style of css) files.styles.add(style);
  for (const one of imports) loaded(one, files);
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + weigh(file), 0);
const { scripts, styles } = loaded("index.html");
const script = sum(scripts);
console.log(`list, first visit: ${script} bytes of JavaScript gzipped in ${scripts.size} files (bar ${BAR}), ${sum(styles)} of style sheets`);
for (const [name, { isDynamicEntry }] of Object.entries(manifest)) {
  if (!isDynamicEntry) continue;
  const more = [...loaded(name).scripts].filter((file) => !scripts.has(file));
  console.log(`${name}: ${sum(more)} more`);
}
process.exit(script > BAR ? 1 : 0);
