/** What people and browsers are shown of data: nothing hostile passes, and marks stand where they belong. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { coloured } from '../../lib/finding-text.ts';
import type { DataInspectDocument } from '../../lib/report/data-document.ts';
import { escaped, inspectHtml } from '../../lib/report/data-html.ts';
import { shareText } from '../../lib/report/data-names.ts';
import { piecesOf, sampleText } from '../../lib/report/data-sample-text.ts';
import { inspectText, placesText } from '../../lib/report/data-text.ts';
import { faultsOf } from '../support/schemas.ts';

const spread = { total: 0, least: 0, median: 0, p90: 0, p99: 0, most: 0, histogram: [] };

function documentWith(text: string, name = 'rows.jsonl'): DataInspectDocument {
  const place = { file: name, row: 3, line: 4, column: text };
  const found = { count: 12, message: text, fix: text, places: [place, { ...place, line: 9 }] };
  return {
    format_version: '1.0',
    ...{ rows: 20, format: 'prompt', template: 'plain', characters: spread },
    files: [{ path: name, sha256: '0'.repeat(64), bytes: 1, rows: 20, type: 'json', encoding: 'utf-8' }],
    columns: [{ name: text, rows: 19, kinds: { text: 18, empty: 1 }, characters: spread }],
    tokens: {
      tokenizer: text,
      tokens: { ...spread, total: 100, histogram: [{ from: 4, to: 7, rows: 20 }] },
      trained: { ...spread, total: 50 },
      ...{ loaded: false, read: 98, limit: 9, dropped: 1 },
      cut: { rows: 1, tokens: 2 },
    },
    duplicates: { exact: 0, near: 1, approximate: true },
    findings: [
      { id: 'rows/duplicate', severity: 'warning', ...found },
      {
        ...{ id: 'rows/conflict', severity: 'error', ...found },
        approximate: text,
        pairs: [{ row: place, of: { file: name, row: 1 }, similarity: 0.9 }],
      },
    ],
    samples: [{ file: name, row: 1, line: 1, shown: 'rendered', text, trained: [[0, text.length]] }],
  };
}

const hostile =
  '<script>alert(1)</script>"\'&\u001b[31mred\u001b]0;title\u0007 \u202e\u0000 \ud800 </pre></title></style>';

test('a document as it is made fits its schema', () => {
  assert.equal(faultsOf('data-inspect', documentWith('text')), []);
});

test('no control character of the data reaches a terminal, in any place of the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(hostile)), (text) => {
      const shown = inspectText(documentWith(text, `a${text}.json`));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
      assert.not.match(shown, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
    { numRuns: 50 },
  );
});

test('no markup of the data is markup of the page, in any place', () => {
  const clean = inspectHtml(documentWith('word'));
  const tags = (page: string) => (page.match(/<[^>]*>/g) ?? []).filter((tag) => !tag.startsWith('<style'));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constant(hostile)), (text) => {
      assert.equal(tags(inspectHtml(documentWith(text, `a${text}.json`))), tags(clean));
    }),
    { numRuns: 50 },
  );
  assert.is(escaped('<a href="x">&\'\u202e\ud800'), '&lt;a href=&quot;x&quot;&gt;&amp;&#39;\\u202e\ufffd');
});

test('the page names no other address and has no script', () => {
  const page = inspectHtml(documentWith('word'));
  assert.not.match(page, /https?:|\bsrc=|\bhref=|url\(|@import|<script|\bon\w+=/i);
  assert.match(page, "default-src 'none'");
});

test('what is learnt stands in brackets without colour, and in colour line by line', () => {
  const sample = { file: 'a.json', row: 1, shown: 'rendered', text: 'ask\nsay\nmore end', trained: [[4, 12]] } as const;
  assert.equal(sampleText(sample).split('\n'), ['a.json  row 1', '  | ask', '  | [[say', '  | more]] end']);
  const [, , second, third] = sampleText(sample, coloured).split('\n');
  assert.ok(second?.endsWith('\u001b[32msay\u001b[39m') && third?.endsWith('\u001b[32mmore\u001b[39m end'));
});

test('pieces are the text, whatever is learnt', () => {
  fc.assert(
    fc.property(fc.string(), fc.uniqueArray(fc.nat(30), { maxLength: 6 }), (text, cuts) => {
      const marks = cuts.filter((at) => at <= text.length).sort((a, b) => a - b);
      const trained = marks.flatMap((from, index) =>
        index % 2 === 0 && marks[index + 1] !== undefined ? [[from, marks[index + 1]] as [number, number]] : [],
      );
      const pieces = piecesOf({ text, trained });
      assert.is(pieces.map((piece) => piece.text).join(''), text);
      const learnt = pieces.filter((piece) => piece.trained).map((piece) => piece.text);
      assert.equal(
        learnt,
        trained.map(([from, to]) => text.slice(from, to)),
      );
    }),
  );
});

test('the whole text: groups by severity, counts, places, pairs, what to do', () => {
  const text = inspectText(documentWith('it'));
  const at = (part: string) => {
    const index = text.indexOf(part);
    assert.ok(index >= 0, `${part} is missing in:\n${text}`);
    return index;
  };
  assert.ok(at('1 error') < at('[rows/conflict]') && at('[rows/conflict]') < at('1 warning'));
  assert.ok(at('1 warning') < at('[rows/duplicate]'));
  for (const part of [
    'JSON · UTF-8 · 20 rows · prompt format · plain template',
    'it  text 90 % · empty 5.0 % · missing 5.0 %',
    '100 tokens, 50 of them trained (50 %)',
    'cut 2 tokens of 1 row over 9',
    'it (about 12, 60 % of the rows)',
    'at  rows.jsonl:4 it, :9 it and 10 more',
    'rows.jsonl:4 it is like rows.jsonl row 1 (90 %)',
    'do  it',
  ])
    at(part);
});

test('places of one file name it once; a share is never rounded to none or to all', () => {
  const places = [
    { file: 'a', row: 1, line: 1 },
    { file: 'a', row: 2, line: 5 },
    { file: 'b', row: 9 },
  ];
  const finding = { id: 'rows/duplicate', severity: 'note', message: '', fix: '', count: 3, places } as const;
  assert.is(placesText(finding), 'a:1, :5, b row 9');
  assert.equal(
    [shareText(0, 9), shareText(9, 9), shareText(1, 1e6), shareText(999_999, 1e6), shareText(1, 3)],
    ['0 %', '100 %', '< 0.1 %', '> 99.9 %', '33 %'],
  );
});

test.run();
