/** Which rows a dataset's `fix` leaves out, and what is told of them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { Fixes } from '../../lib/data/fix/fixes.ts';
import { keyOf } from '../../lib/data/fix/key.ts';
import { judge } from '../../lib/data/judge/judge.ts';
import type { ExactFix } from '../../lib/settings/fixes.ts';
import type { Format } from '../../lib/settings/formats.ts';
import { turns } from '../support/dialogues.ts';
import { viewed } from '../support/judged.ts';

const test = suite('fixes of rows');
const everything: ExactFix['drop'] = ['unusable', 'no-answer', 'empty-answer', 'empty-question'];

/** What becomes of each row: a dash where it stays. */
function fixed(values: readonly unknown[], fix: ExactFix, format: Format = 'alpaca') {
  const fixes = new Fixes(fix, { format, columns: {} });
  const each = values.map((value, index) => fixes.see(value, () => `rows.jsonl:${index + 1}`) ?? '-');
  return { each, counts: fixes.counts(), findings: fixes.findings({ construct: 'stack/rows' }) };
}

const row = (instruction: unknown, output: unknown, input?: unknown) => ({ instruction, output, input });
const both = [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: 'b' },
] as const;

test('each reason, and the first that is asked for', () => {
  const values = [
    row('a', 'b'),
    row('c', ' \u3000\u200b\n'),
    row('', 'd', ' '),
    row('', ''),
    row(3, 'e'),
    4,
    row('', 'f', 'g'),
  ];
  const { each, counts } = fixed(values, { drop: everything });
  assert.equal(each, ['-', 'empty-answer', 'empty-question', 'empty-answer', 'unusable', 'unusable', '-']);
  assert.equal(counts, { dropped: { unusable: 2, 'no-answer': 0, 'empty-answer': 2, 'empty-question': 1 } });
  assert.equal(fixed(values, { drop: ['empty-question'] }).each[3], 'empty-question');
  assert.equal(fixed([{ text: '\ufeff' }, { text: 'a' }], { drop: everything }, 'text').each, ['empty-answer', '-']);
});

test('dialogues: no answer, none but empty ones, and what cannot be read', () => {
  const [user, assistant] = both;
  const values = [
    both,
    [user],
    [user, { ...assistant, content: ' ' }],
    [assistant, { role: 'asistant', content: '' }],
    'a',
  ];
  const rows = [...values.map((messages) => ({ messages })), { messages: [user], tools: 'none' }];
  const { each } = fixed(rows, { drop: everything }, 'messages');
  assert.equal(each, ['-', 'no-answer', 'empty-answer', 'unusable', 'unusable', 'no-answer']);
  assert.equal(fixed(rows, { drop: ['unusable'] }, 'messages').each, ['-', '-', '-', 'unusable', 'unusable', '-']);
});

test('of duplicates the first stays; what is dropped is none', () => {
  const values = [
    row('a', ''),
    row('a', 'b'),
    row('a', 'b', null),
    row('a', 'c'),
    row('', 'd'),
    row('', 'e'),
    row('', 'd', ''),
  ];
  const rows = fixed(values, { drop: ['empty-answer'], dedupe: 'rows' });
  assert.equal(rows.each, ['empty-answer', '-', 'duplicate', '-', '-', '-', 'duplicate']);
  assert.equal(rows.counts, { dropped: { 'empty-answer': 1 }, duplicates: 2 });
  // Rows that ask nothing are not one question.
  const questions = fixed(values, { drop: [], dedupe: 'questions' });
  assert.equal(questions.each, ['-', 'duplicate', 'duplicate', 'duplicate', '-', '-', 'duplicate']);
  assert.equal(questions.counts, { duplicates: 4 });
});

test('a dialogue asks what all say but the assistant, and what tools there are', () => {
  const [user, assistant] = both;
  const rows = [
    { messages: both },
    { messages: [user, { ...assistant, content: 'c' }] },
    { messages: [user, assistant, { role: 'user', content: 'd' }, assistant] },
    { messages: both, tools: [{ name: 'f' }] },
    { messages: both, tools: [] },
  ];
  assert.equal(fixed(rows, { drop: [], dedupe: 'questions' }, 'messages').each, [
    '-',
    'duplicate',
    '-',
    '-',
    'duplicate',
  ]);
  assert.equal(fixed(rows, { drop: [], dedupe: 'rows' }, 'messages').each, ['-', '-', '-', '-', 'duplicate']);
});

test('what is told: each reason once, with its first places; an error where no row is left', () => {
  const { findings } = fixed([row('a', 'b'), ...Array(5).fill(row('', '')), row('a', 'b')], {
    drop: ['empty-answer'],
    dedupe: 'rows',
  });
  assert.equal(
    findings.map(({ id, severity, where, message }) => [id, severity, where.path, message]),
    [
      [
        'fix/dropped',
        'note',
        'rows.jsonl:2, rows.jsonl:3, rows.jsonl:4 and 2 more',
        '5 rows are dropped: empty answer.',
      ],
      ['fix/duplicates', 'note', 'rows.jsonl:7', 'A row is removed: it says the same as an earlier one.'],
    ],
  );
  const none = fixed([row(1, 2), row(3, 4)], { drop: ['unusable'] }).findings;
  assert.equal(
    none.map(({ id, severity }) => [id, severity]),
    [
      ['fix/dropped', 'note'],
      ['fix/none-left', 'error'],
    ],
  );
  assert.equal(fixed([row('a', 'b')], { drop: everything, dedupe: 'rows' }).findings, []);
});

test('keys: by value, in any order of keys, and apart wherever anything is other', () => {
  const key = (value: unknown) => {
    const call = { name: 'f', arguments: value };
    const { example } = exampleOf({ messages: [{ role: 'assistant', content: '', tool_calls: [call] }] }, 'messages');
    assert.ok(example);
    return keyOf(example, 'rows');
  };
  assert.is(key({ a: 1, b: [0] }), key('{"b": [-0.0], "a": 1.0}'));
  const others = [
    {},
    { a: null },
    { a: true },
    { a: 1 },
    { a: '1' },
    { a: [1] },
    { a: ['b', 'c'] },
    { a: ['bc'] },
    { a: 'é' },
    { a: 'e\u0301' },
  ];
  assert.is(new Set(others.map(key)).size, others.length);
});

test('what is left has no rows that judging would name', async () => {
  const text = fc.constantFrom('', ' ', 'a', 'b', '\u3000', 'a ');
  const rows = fc.array(fc.record({ instruction: text, input: fc.option(fc.constantFrom('', 'x')), output: text }), {
    maxLength: 30,
  });
  const ids = ['rows/duplicate', 'rows/empty-answer', 'rows/empty-question', 'rows/conflict'];
  await fc.assert(
    fc.asyncProperty(rows, async (values) => {
      const { each } = fixed(values, { drop: everything, dedupe: 'questions' });
      const left = values.filter((_, index) => each[index] === '-');
      const examples = left.flatMap((value) => exampleOf(value, 'alpaca').example ?? []);
      const found = await judge(examples.map(viewed));
      assert.equal(
        found.filter(({ id }) => ids.includes(id)),
        [],
      );
      assert.equal(new Set(examples.map((one) => keyOf(one, 'questions'))).size, examples.length);
    }),
    { numRuns: 60 },
  );
});

test('rows that are there once stay, whatever they are', () => {
  const rows = turns.map((messages) => ({ messages }));
  const { each } = fixed(rows, { drop: [], dedupe: 'rows' }, 'messages');
  const kept = rows.filter((_, index) => each[index] === '-');
  assert.equal(
    fixed(kept, { drop: [], dedupe: 'rows' }, 'messages').each,
    kept.map(() => '-'),
  );
});

test.run();
