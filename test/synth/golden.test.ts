/** Whole files, as a user gets them, in test/golden/<case>/. `npm run golden` writes them anew. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lora } from '../../lib/index.ts';
import type { GeneratedFile, Manifest } from '../../lib/manifest.ts';
import { renderRun, renderStack } from '../../lib/synth/render.ts';
import { chainManifest } from '../support/chain.ts';
import { cases } from '../support/run-input.ts';
import { manifestOf } from '../support/stack-manifest.ts';

const goldens = fileURLToPath(new URL('../golden/', import.meta.url));
const update = process.env.UPDATE_GOLDEN === '1';

function check(folder: string, files: readonly GeneratedFile[]): void {
  if (update) {
    rmSync(folder, { recursive: true, force: true });
    for (const { path, content, mode } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { mode });
    }
  }
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  assert.equal(there.sort(), files.map(({ path }) => path).sort(), `the files of ${folder}`);
  for (const { path, content } of files) assert.fixture(readFileSync(join(folder, path), 'utf8'), content, path);
}

for (const [name, input] of Object.entries(cases)) {
  test(`the files of ${name}`, () => {
    const manifest: Omit<Manifest, 'files'> = manifestOf(input());
    const runs = renderRun(input());
    check(join(goldens, name), [...runs, ...renderStack(manifest, runs)]);
  });
}

test('the files of from-run', () => {
  // The first trains an adapter, the second a new one on the weights that it is merged into.
  const method = lora({ rank: 8 });
  const { files } = chainManifest({ first: { maxSteps: 20 }, second: { method, maxSteps: 10 }, use: 'merged' });
  check(join(goldens, 'from-run'), files);
});

test.run();
