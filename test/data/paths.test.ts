/** Several files, and patterns: which are meant, in which order, and what is said where none is. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectFiles } from '../../lib/data/inspect.ts';
import { namedFiles } from '../../lib/data/paths.ts';

const test = suite('paths of data');
let folder = '';
const files = ['a/2.jsonl', 'a/10.jsonl', 'a/b/3.jsonl', 'a/[x].jsonl', 'a/it\'s "one"\nline.jsonl', 'z.jsonl'];
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft data '));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify({ text: file }));
  }
});
test.after(() => rmSync(folder, { recursive: true }));

const named = (...written: string[]) => namedFiles(folder, written, {}).paths;
const told = (...written: string[]) => inspectFiles(folder, written, { format: 'text' }, {}).findings;

test('paths keep their order; what a pattern matches comes in the order of its letters', () => {
  assert.equal(named('z.jsonl', 'a/2.jsonl'), ['z.jsonl', 'a/2.jsonl']);
  assert.equal(named('a/[0-9]*.jsonl'), ['a/10.jsonl', 'a/2.jsonl']);
  assert.equal(named('**/*.jsonl'), [...files].sort());
  assert.equal(named('{z,a/b/*}.jsonl'), ['a/b/3.jsonl', 'z.jsonl']);
  assert.equal(named('a/*'), files.filter((file) => /^a\/[^/]*$/.test(file)).sort());
});

test('each file once, where it comes first', () => {
  assert.equal(named('a/2.jsonl', 'a/[0-9]*', './a/2.jsonl'), ['a/2.jsonl', 'a/10.jsonl']);
});

test('a path that is there is no pattern', () => {
  assert.equal(named('a/[x].jsonl'), ['a/[x].jsonl']);
});

test('rows of all files are counted, and a mistake is told with its file', () => {
  const { rows, files: facts, paths } = inspectFiles(folder, ['z.jsonl', 'a/*.jsonl'], { format: 'text' }, {});
  assert.is(rows, 5);
  assert.equal(
    facts.map(({ name }) => name),
    paths.map((path) => path.replace('a/', '')),
  );
  const { findings } = inspectFiles(folder, ['a/2.jsonl', 'a/it*'], { format: 'prompt' }, {});
  assert.equal(
    findings.map(({ where }) => where.path),
    ['a/2.jsonl:1', 'a/2.jsonl:1', ...Array(2).fill('"a/it\'s \\"one\\"\\nline.jsonl":1')],
  );
});

test('nothing matched: what there is, or which folder was meant', () => {
  const [finding] = told('a/*.json');
  assert.equal([finding?.id, finding?.given], ['data/no-match', 'a/*.json']);
  assert.match(finding?.fix ?? '', /The folder a has: 10\.jsonl, 2\.jsonl, \[x\]\.jsonl, b, /);
  assert.match(told('aa/*.json')[0]?.fix ?? '', /There is no folder aa: did you mean "a"\?/);
  assert.match(told('*.json')[0]?.fix ?? '', /The folder \. has: a, z\.jsonl\./);
});

test('a path that does not exist: the name that is near', () => {
  const [finding] = told('a/b/3.json');
  assert.is(finding?.id, 'data/unreadable');
  assert.match(finding?.fix ?? '', /^Did you mean "a\/b\/3\.jsonl"\? /);
});

test('a link to itself and a path through a file are findings', () => {
  symlinkSync('loop.jsonl', join(folder, 'loop.jsonl'));
  assert.match(told('loop.jsonl')[0]?.message ?? '', /is a link that leads to itself/);
  assert.match(told('z.jsonl/x')[0]?.message ?? '', /a part of its path is a file/);
  rmSync(join(folder, 'loop.jsonl'));
});

test.run();
