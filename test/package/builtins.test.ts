/** How the built package comes by Node's modules: by a call, only what is used, and no text is taken for an import. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinsByCall } from '../../scripts/builtins.js';

let folder: string;
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-builtins-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

async function bundled(text: string): Promise<string> {
  writeFileSync(join(folder, 'entry.ts'), text);
  const result: BuildResult<{ write: false }> = await build({
    entryPoints: [join(folder, 'entry.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [builtinsByCall],
    logLevel: 'silent',
    write: false,
  });
  return result.outputFiles[0]?.text ?? '';
}

const program = `import process, { argv as given } from 'node:process';
import type { Stats } from 'node:fs';
import {
  existsSync, // { of a comment }
  statSync as stat,
} from 'node:fs';
const text = "import { exit } from 'node:process'; import fs from 'node:fs';";
const size = (one: Stats) => one.isDirectory();
console.log(JSON.stringify([text, \`\${'import a from"node:os"'}\`, existsSync('.'), size(stat('.')), given === process.argv]));
`;

test('imports become calls that name what is used; text that looks like one stays', async () => {
  const output = await bundled(program);
  assert.equal(output.match(/^import\b/gm), null);
  assert.equal(
    [...output.matchAll(/getBuiltinModule\("([\w:]+)"\)/g)].map((match) => match[1]),
    ['node:process', 'node:fs'],
  );
  // Asked of node:fs, "promises" would load what nobody uses.
  assert.match(output, /\.existsSync\b[\s\S]*\.statSync\b/);
  assert.not.match(output, /\.(promises|Stats|text|of)\b/);
  writeFileSync(join(folder, 'output.mjs'), output);
  const { stdout, stderr } = spawnSync(process.execPath, ['output.mjs'], { cwd: folder, encoding: 'utf8' });
  assert.is(stderr, '');
  assert.equal(JSON.parse(stdout), [
    `import { exit } from 'node:process'; import fs from 'node:fs';`,
    'import a from"node:os"',
    true,
    true,
    true,
  ]);
});

test('a module of Node that is imported whole is refused: all of it would be loaded', async () => {
  try {
    await bundled(`import * as fs from 'node:fs';\nconsole.log(fs.existsSync('.'));\n`);
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), /entry\.ts imports all of a module of Node: name what it uses/);
  }
});

test.run();
