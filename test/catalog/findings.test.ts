/** The table of findings and the code that makes them know the same ids; what a person asks for by id is told. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explanations } from '../../lib/catalog/findings/index.ts';
import { findingsPage } from '../../lib/report/findings-page.ts';
import { checkout, sft } from '../support/sft.ts';

/** Ids that are put together: each template, with what can come of it. */
const templates: Readonly<Record<string, readonly string[]>> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are the source's text
  'trainer/${text(mistake.id)}': [],
  '${work.only}/failed': ['data/failed', 'weights/failed'],
  'target/${target.kind}': ['target/ssh', 'target/slurm'],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are the source's text
};

/** Only comments that begin a line: a glob in a string may look like one. */
const withoutComments = (text: string) => text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/(^|\s)\/\/.*$/gm, '');
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const families = new Set([...explanations.keys()].map((id) => id.split('/')[0]));

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(join(checkout, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending) && !path.startsWith(join('catalog', 'findings')))
    .map((path) => withoutComments(readFileSync(join(checkout, folder, path), 'utf8')));
}

/** Literals in the place of an id, and any literal of a family that has ids. */
function usedInTypeScript(text: string): string[] {
  const placed = matches(
    text,
    /(?:\bid:|\b(?:fail|error|finding)\((?:\s*'(?:error|warning|note)',)?)\s*'([\w-]+\/[\w-]+)'/g,
  );
  const ofFamily = matches(text, /'([a-z][\w-]*\/[\w-]+)'/g).filter((id) => families.has(id.split('/')[0]));
  const put = matches(text, /(?:\bid:|\bfail\(|\berror\(|\bfinding\(|\? 'data\/invalid' :)\s*`([^`]*\/[^`]*)`/g);
  // A file whose ids are of one family: problem('exits', ...) makes program/exits.
  const [, own] = /`([\w-]+)\/\$\{id\}`/.exec(text) ?? [];
  const ofFile = own === undefined ? [] : matches(text, /\b(?:problem|fault)\(\s*'([\w-]+)'/g);
  const made = put.flatMap((template) => {
    if (template === `${own}/\${id}`) return ofFile.map((name) => `${own}/${name}`);
    const known = templates[template];
    assert.ok(known, `the template \`${template}\` of an id is not listed in this test`);
    return known;
  });
  return [...placed, ...ofFamily, ...made];
}

/** `Mistake("id"`, `mistake("id"`, and the pairs that rows.py hands over. */
function usedInPython(text: string): string[] {
  const made = matches(text, /\b[Mm]istake\(\s*"([\w-]+)"/g);
  const pairs = matches(text, /return "(data-[\w-]+)",/g);
  return [...made, ...pairs].map((id) => `trainer/${id}`);
}

test('every id that is used is in the table, and the other way round', () => {
  const used = new Set([
    ...filesOf('lib', '.ts').flatMap(usedInTypeScript),
    ...filesOf('trainer/cdksft_trainer', '.py').flatMap(usedInPython),
  ]);
  const missing = [...used].filter((id) => !explanations.has(id));
  assert.equal(missing, [], 'used, but not told of in lib/catalog/findings/');
  const unused = [...explanations.keys()].filter((id) => !used.has(id));
  assert.equal(unused, [], 'told of in lib/catalog/findings/, but not used');
});

test('no id stands in two of the tables', () => {
  const folder = join(checkout, 'lib', 'catalog', 'findings');
  const ids = readdirSync(folder).flatMap((file) =>
    matches(readFileSync(join(folder, file), 'utf8'), /^ {2}'([\w-]+\/[\w-]+)': \{$/gm),
  );
  assert.is(new Set(ids).size, ids.length);
  assert.is(ids.length, explanations.size);
});

test('the grep finds ids in each of the forms in which they are written', () => {
  assert.equal(usedInTypeScript(`fail('a/b', 'x')`), ['a/b']);
  assert.equal(usedInTypeScript(`finding(\n  'warning',\n  'c/d',`), ['c/d']);
  assert.equal(usedInTypeScript(`id: \`x/\${id}\`;\nproblem(\n 'e', at)`), ['x/e']);
  assert.equal(usedInPython('raise mistake("f", m)'), ['trainer/f']);
});

test('titles have no full stop; the rest are sentences', () => {
  for (const [id, { title, why, example, fix, source }] of explanations) {
    assert.not.match(title, /\.$/, id);
    for (const text of [why, fix])
      assert.match(text, /^[\p{Lu}-].*\.$|^[a-z].*\.$|^[A-Z-].*SECONDS\.$/u, `${id}: ${text}`);
    for (const text of [example, source]) assert.ok(text.length > 0 && !text.includes('\n'), id);
  }
});

test('docs/findings.md is what the table gives (else: npm run docs)', () => {
  assert.fixture(readFileSync(join(checkout, 'docs', 'findings.md'), 'utf8'), findingsPage(explanations));
});

test('sft explain: one id, the list, JSON, and a misspelt id', async () => {
  const [one, all, json, misspelt, far] = await Promise.all([
    sft(checkout, 'explain', 'batch/global'),
    sft(checkout, 'explain'),
    sft(checkout, 'explain', '--json', 'batch/global'),
    sft(checkout, 'explain', 'baatch/global'),
    sft(checkout, 'explain', 'nothing-like-it'),
  ]);
  assert.is(one.code, 0, one.err);
  assert.match(one.out, /^batch\/global: [\s\S]* why [\s\S]* example [\s\S]* do [\s\S]* source /);
  assert.is(all.out.trim().split('\n').length, explanations.size);
  assert.is(JSON.parse(json.out).findings[0].id, 'batch/global');
  assert.is(misspelt.code, 64);
  assert.match(misspelt.err, /There is no finding "baatch\/global"\.[\s\S]*Did you mean "batch\/global"\?/);
  assert.is(far.code, 64);
  assert.match(far.err, /sft explain lists all\./);
});

test.run();
