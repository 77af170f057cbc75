// The declarations that the public ones lead to, by tsc; the rest is of no use to anybody.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './node.js';
import { run, stop } from './shell.js';

/** What can be imported: `cdksft`, `cdksft/testing`, `cdksft/schema`; a file of lib/ each. */
export const entries = ['index', 'testing', 'schema'];

const importOfOurs = /((?:from|import\() ?['"])(\.{1,2}\/[^'"]+)\.ts(['"])/g;

/** @param {string} types The folder that they are written to. @returns {Promise<number>} How many there are. */
export async function declarations(types) {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const code = await run(tsc, ['-p', 'tsconfig.build.json', '--outDir', types], { cwd: root });
  if (code !== 0) stop('declarations: tsc failed.');
  /** @type {Set<string>} */
  const reached = new Set();
  const visit = (/** @type {string} */ file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = readFileSync(file, 'utf8');
    for (const match of text.matchAll(importOfOurs)) visit(join(dirname(file), `${match[2]}.d.ts`));
    writeFileSync(file, text.replace(importOfOurs, '$1$2.js$3'));
  };
  for (const entry of entries) visit(join(types, `${entry}.d.ts`));
  for (const path of readdirSync(types, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('.ts') && !reached.has(join(types, path))) rmSync(join(types, path));
  return reached.size;
}
