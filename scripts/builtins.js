// How the built package comes by Node's own modules. Imported as an ES module, node:fs or node:util loads all that it
// could ever need, promises and readline too, to list its exports; asked for by a call, it loads what is used. So each
// import of one leads to a small module that asks. Plain JavaScript for Node 20.
import { readFileSync } from 'node:fs';

/** Names that a file may import. Which of them are exports need not be known: what it does not use falls out. */
const names = /[A-Za-z_$][\w$]*/g;
const whole = /\bimport\s*\*\s*as\s+[\w$]+\s+from\s*['"]node:/;

/** @param {string} module @param {string} importer The text of the file that imports. */
export function asked(module, importer) {
  const found = [...new Set(importer.match(names))].filter((name) => name !== 'default').sort();
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(module)});`,
    'export default builtin;',
    ...found.map((name) => `const _${name} = /* @__PURE__ */ (() => builtin.${name})();`),
    `export { ${found.map((name) => `_${name} as ${name}`).join(', ')} };`,
  ].join('\n');
}

/**
 * A module for each import, not one for all: it then lies in its importer's chunk, and makes no further file.
 * @type {import('esbuild').Plugin}
 */
export const builtinsByCall = {
  name: 'builtins-by-call',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, importer, kind }) =>
      kind === 'import-statement'
        ? { path: `${path} of ${importer}`, namespace: 'builtin', pluginData: { path, importer } }
        : { path, external: true },
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ pluginData: { path, importer } }) => {
      const text = readFileSync(importer, 'utf8');
      // The names of the whole would be listed here, which is what must not be.
      if (whole.test(text))
        return { errors: [{ text: `${importer} imports all of a module of Node: name what it uses` }] };
      return { contents: asked(path, text), loader: 'js' };
    });
  },
};
