import { readdirSync } from "node:fs";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** The folders of src, top to bottom: a module imports from its own folder and from those below it. */
const LAYERS = ["app", "pages", "ui", "lib", "messages", "api", "signin"];
const PAGES = foldersIn("src/pages");

function foldersIn(path) {
  const entries = readdirSync(new URL(path, import.meta.url), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

const unplaced = foldersIn("src").filter((folder) => !LAYERS.includes(folder));
if (unplaced.length) throw new Error(`name the layer of src/${unplaced.join(", src/")} in eslint.config.js`);

const zones = [
  ...LAYERS.map((layer, index) => ({
    target: `./src/${layer}`,
    from: ["./src/main.tsx", ...LAYERS.slice(0, index).map((above) => `./src/${above}`)],
    message: `Modules of ${layer} must not import from the layers above it.`,
  })),
  ...PAGES.map((page) => ({
    target: `./src/pages/${page}`,
    from: "./src/pages",
    except: [`./${page}`],
    message: "A page must not import another page: move what both need into ui or lib.",
  })),
];

export default tseslint.config(
  { ignores: ["src/api/schema.d.ts", "node_modules"] },
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx", ".d.ts", ".js"] })],
      "import-x/extensions": [".ts", ".tsx"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Alert text is data: it never becomes markup.
      "no-restricted-syntax": ["error", { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "text never becomes markup" }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      // The two rules above pass over an import that they cannot resolve.
      "import-x/no-unresolved": ["error", { ignore: ["^[^.]"] }],
    },
  },
  { files: ["**/*.js", "**/*.mjs"], ...tseslint.configs.disableTypeChecked },
);
