/** What is said of a user's template before it meets a row: each fault with its line, and nothing of a good one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { builtIn } from '../../../lib/data/template/built-in.ts';
import { checkTemplate } from '../../../lib/data/template/check.ts';
import { compile } from '../../../lib/data/template/engine.ts';

const test = suite('check of a template');

const told = (text: string) => checkTemplate(text).faults.map(({ id, line }) => `${id}${line ? ` ${line}` : ''}`);

test('nothing is wrong with ours, and all of them mark answers', () => {
  for (const [name, text] of Object.entries(builtIn))
    assert.equal(checkTemplate(text), { faults: [], marksAnswers: true }, name);
  assert.equal(checkTemplate('{{ messages[0].content }}'), { faults: [], marksAnswers: false });
});

/** The lines are those that Python's Jinja names too; where a block is not closed, it names the end. */
const syntax: readonly (readonly [string, number])[] = [
  ['one\n{{ message', 2],
  ['{% if a %}\ntext', 1],
  ['{{ 1 }}\n\n{% unknown %}', 3],
  ['{# {% generation %} #}\n{{ a b }}', 2],
  ['\n{% for message %}{% endfor %}', 2],
  ['\n\n{% endif %}', 3],
  ['{{ 1 }}\n{{ a) }}', 2],
  ["{{ 'a\n\nb' }}\n{{ @ }}", 4],
  ['{% set x = %}', 1],
  ['\r\n\r\n{{ }}', 3],
  ['{# open', 1],
  ['{%- generation %}a', 1],
];

test('what is no Jinja is named with its line', () => {
  for (const [text, line] of syntax) assert.equal(told(text), [`template/syntax ${line}`], JSON.stringify(text));
});

test('a template that nests without end is no crash', () => {
  assert.equal(told(`{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`), ['template/syntax 1']);
  assert.equal(told('{% if a %}'.repeat(20_000)), ['template/syntax 1']);
});

test('names that lead into the program are refused, however they are read', () => {
  assert.equal(told('\n{{ messages.__class__ }}'), ['template/attribute 2']);
  assert.equal(told("{{ messages['__class__'] }}"), ['template/attribute 1']);
  assert.equal(told('{% set a = messages[0]._private %}'), ['template/attribute']);
});

test('what engines write differently', () => {
  for (const text of ['true', 'None', '2.0', '{"a": 1}', '[1]', 'a is defined', 'a == b', 'not a', 'a | title'])
    assert.equal(told(`\n{{ ${text} }}`), ['template/engines 2'], text);
  assert.equal(told('{{ tools | tojson(sort_keys=true) }}'), ['template/engines 1']);
  assert.equal(told('{% for a in b %}{% break %}{% endfor %}'), ['template/engines']);
  for (const text of ['tools | tojson', 'a if b == 2.0 else c', '"True"', 'a[2]', 'messages | length'])
    assert.equal(told(`{{ ${text} }}`), [], text);
});

test('the date of the day', () => {
  assert.equal(told("a\n{{ strftime_now('%d %b %Y') }}"), ['template/clock 2']);
});

test('filters and tests that are not known here, with the nearest name', () => {
  const [first] = checkTemplate('{{ a | tojsn }}').faults;
  assert.equal([first?.id, first?.fix], ['template/unknown', 'Did you mean tojson?']);
  assert.equal(told('{{ a | wordwrap(3) }}{% if a is divisibleby %}{% endif %}'), [
    'template/unknown 1',
    'template/unknown',
  ]);
});

test('a block of generation where transformers would count its letters wrong', () => {
  const block = '{% generation %}{{ a }}{% endgeneration %}';
  for (const text of [
    `{% macro m() %}${block}{% endmacro %}`,
    `{% set x %}${block}{% endset %}`,
    `{% filter upper %}${block}{% endfilter %}`,
    `{% generation %}${block}{% endgeneration %}`,
  ])
    assert.equal(told(text), ['template/generation'], text);
  assert.equal(told(`{% for a in b %}{% if a %}${block}{% endif %}{% endfor %}`), []);
});

test('long runs of white space and long sums take no time, and mean what they mean', () => {
  const spaces = ' '.repeat(300_000);
  for (const text of [`${spaces}{{ a }}`, `{{ a }}\n${spaces}`, `{{ ${spaces}a }}`, `{% if a${spaces}%}{% endif %}`])
    assert.equal(told(text), []);
  assert.equal(told(`{{ ${'a + '.repeat(20_000)}a }}`), []);
  assert.equal(told(`{{ a${'.b'.repeat(20_000)} }}`), []);
  assert.equal(told(`\n{{ '${'\n'.repeat(300_000)}' }}{{ true }}\n{{ 2.0 }}`), [
    'template/engines 300002',
    'template/engines 300003',
  ]);
  const long = `a${' '.repeat(200)}b${'\n'.repeat(200)}{{ 'c${' '.repeat(200)}d' }}{`;
  const written = compile(long).write({}).text;
  assert.is(written, `a${' '.repeat(200)}b${'\n'.repeat(200)}c${' '.repeat(200)}d{`);
});

test.run();
