/** The public API: what a reviewer reads is what the declarations say, and every name is explained. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { apiFiles } from '../../scripts/api.js';
import { checkout } from '../support/sft.ts';

const made = await apiFiles();
const reports = Object.entries(made).filter(([path]) => path.startsWith('docs/api-report/'));
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');

test('a change of the public API is committed with its report and reference (else: npm run docs)', () => {
  for (const folder of ['docs/api-report', 'docs/api'])
    assert.equal(
      readdirSync(join(checkout, folder)).sort(),
      Object.keys(made)
        .flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []))
        .sort(),
    );
  const stale = Object.entries(made).filter(([path, text]) => read(path) !== text);
  for (const [path, text] of stale.filter(([name]) => name.startsWith('docs/api-report/')))
    assert.fixture(read(path), text, `${path} is not what the declarations say: npm run docs, and read the difference`);
  assert.equal(
    stale.map(([path]) => path),
    [],
    'the reference is not current: npm run docs',
  );
});

test('every public name and property has its TSDoc', () => {
  assert.is(reports.length, 3);
  for (const [path, text] of reports) {
    const lines = text.split('\n');
    const bare = lines.flatMap((line, index) => (/\(undocumented\)/.test(line) ? [lines[index + 1] ?? ''] : []));
    assert.equal(bare, [], path);
  }
});

test('what a declaration names can be imported; nothing else is complained of', () => {
  const complaints = reports.flatMap(([path, text]) =>
    [...text.matchAll(/^\s*\/\/ .*\((ae-|tsdoc-|TS\d).*$/gm)].map(([line]) => `${path}: ${line.trim()}`),
  );
  // The App that synthesize() hands out is the one of the other import.
  const app = 'docs/api-report/cdksft-testing.api.md: // Warning: (ae-forgotten-export) The symbol "App" needs';
  assert.equal(
    complaints.filter((line) => !line.startsWith(app)),
    [],
  );
});

test('links of the reference lead to a place in it', () => {
  for (const [path, text] of Object.entries(made).filter(([name]) => name.startsWith('docs/api/'))) {
    const places = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, place]) => place));
    const links = [...text.matchAll(/\]\(([^)]+)\)|href="([^"]+)"/g)].map((match) => match[1] ?? match[2] ?? '');
    assert.ok(links.length > 10, path);
    assert.equal(
      links.filter((link) => !(link.startsWith('#') && places.has(link.slice(1))) && !/^https:/.test(link)),
      [],
      path,
    );
  }
});

test.run();
