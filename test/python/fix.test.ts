/** The plan leaves out the rows that the trainer leaves out, and takes the same ones for alike. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { Fixes } from '../../lib/data/fix/fixes.ts';
import { keyOf } from '../../lib/data/fix/key.ts';
import { appliesTo, dropReasons, type ExactFix, type ExactReason } from '../../lib/settings/fixes.ts';
import type { Format } from '../../lib/settings/formats.ts';
import { hostile, offered, turns } from '../support/dialogues.ts';
import { python } from '../support/python.ts';

const test = suite('both sides of fix');
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Case {
  readonly format: Format;
  readonly rows: readonly unknown[];
  readonly fix: ExactFix;
}

interface Said {
  readonly left: readonly number[];
  readonly counts: unknown;
  readonly keys: readonly (readonly string[] | null)[];
}

function trainerSays(cases: readonly Case[]): Said[] {
  const { status, stdout, stderr } = spawnSync(python(), [root('test/python/read_fixed.py')], {
    input: cases.map((one) => JSON.stringify(one)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, PYTHONPATH: root('trainer') },
  });
  assert.is(status, 0, stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}

function planSays({ format, rows, fix }: Case): Said {
  const fixes = new Fixes(fix, { format, columns: {} });
  const left = rows.flatMap((value, number) => (fixes.see(value, () => '') === undefined ? [number] : []));
  const keys = rows.map((value) => {
    const { example } = exampleOf(value, format);
    return example ? [keyOf(example, 'rows'), keyOf(example, 'questions')] : null;
  });
  return { left, counts: fixes.counts(), keys };
}

/** How many rows are left out. A row that always stays comes first: the trainer refuses where none is left. */
function alike(cases: readonly Case[]): number {
  const said = trainerSays(cases);
  assert.is(said.length, cases.length);
  for (const [at, one] of cases.entries())
    assert.equal(said[at], planSays(JSON.parse(JSON.stringify(one)) as Case), JSON.stringify(one).slice(0, 2000));
  return cases.reduce((sum, { rows }, at) => sum + rows.length - (said[at]?.left.length ?? 0), 0);
}

const good: Readonly<Record<Format, unknown>> = {
  alpaca: { instruction: 'first of all', output: 'good' },
  prompt: { prompt: 'first of all', completion: 'good' },
  text: { text: 'first of all' },
  messages: {
    messages: [
      { role: 'user', content: 'first of all' },
      { role: 'assistant', content: 'good' },
    ],
  },
  sharegpt: {
    conversations: [
      { from: 'human', value: 'first of all' },
      { from: 'gpt', value: 'good' },
    ],
  },
};

function fixFor(format: Format): fc.Arbitrary<ExactFix> {
  const able = dropReasons.filter((one): one is ExactReason => one !== 'too-long' && appliesTo(one, format));
  const dedupe = format === 'text' ? fc.constant<'rows'>('rows') : fc.constantFrom('rows', 'questions');
  return fc.record({ drop: fc.subarray(able), dedupe }) as fc.Arbitrary<ExactFix>;
}

const spaces = ['', ' ', '\n\t', '\u3000', '\u200b', '\u00a0', '\u0085', '\u001c', '\ufeff', '\u180e', '\v'];
const words = ['a', 'é', 'e\u0301', '🙂', '\uff76', '\ud800', 'b '];
const text = fc.oneof(fc.constantFrom(...spaces, ...words), fc.string({ unit: 'binary', maxLength: 2 }));
const value = fc.oneof(
  { weight: 9, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(null, 3, true, [], {}) },
);

test('plain rows', () => {
  const shapes = {
    alpaca: fc.record({ instruction: value, input: value, output: value, more: value }, { requiredKeys: [] }),
    prompt: fc.record({ prompt: value, completion: value }, { requiredKeys: [] }),
    text: fc.record({ text: value }, { requiredKeys: [] }),
  } as Readonly<Record<string, fc.Arbitrary<unknown>>>;
  const cases = (['alpaca', 'prompt', 'text'] as const).flatMap((format): Case[] =>
    fc
      .sample(
        fc.tuple(fc.array(shapes[format] as fc.Arbitrary<unknown>, { minLength: 10, maxLength: 30 }), fixFor(format)),
        { numRuns: 120, seed: 7 },
      )
      .map(([rows, fix]) => ({ format, rows: [good[format], ...rows], fix })),
  );
  assert.ok(alike(cases) > 1000);
});

test('dialogues with calls of tools, numbers and nested values', () => {
  const number = fc.oneof(
    fc.constantFrom(0, -0, 1, 1.5, 2 ** 53, 1e300, 5e-324),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
  );
  const key = fc.constantFrom('a', 'b', '🙂', '\uff76', '10', '9', '');
  const inner = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      number,
      text.filter((one) => !/\p{Surrogate}/u.test(one)),
      fc.constantFrom(null, true, false),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('any'), { maxKeys: 3 }),
  }));
  const written = fc.constantFrom(
    '{"a": 1}',
    '{"a": 1.0}',
    '{"a": -0}',
    '{"a": 9007199254740993}',
    '{"a": 1e999}',
    '{"b": 1, "a": 2}',
  );
  const call = fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.oneof(inner.object, written) });
  const turn = fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'assistant', 'system', 'tool', 'nobody'), content: text }),
    fc.record({ role: fc.constant('assistant'), content: text, tool_calls: fc.array(call, { maxLength: 2 }) }),
  );
  const tools = fc.oneof(
    fc.constantFrom(undefined, null, '', 'none', '[{"a": 1.0}]'),
    fc.array(inner.object, { maxLength: 2 }),
  );
  const row = fc.record({ messages: fc.array(turn, { maxLength: 4 }), tools });
  const cases = fc
    .sample(fc.tuple(fc.array(row, { minLength: 8, maxLength: 25 }), fixFor('messages')), { numRuns: 250, seed: 11 })
    .map(([rows, fix]): Case => ({ format: 'messages', rows: [good.messages, ...rows, ...rows.slice(0, 3)], fix }));
  assert.ok(alike(cases) > 1000);
});

test('dialogues of the wild, and what is none, each twice', () => {
  const values = [...turns, ...hostile];
  const fix = { drop: ['unusable', 'no-answer', 'empty-answer'], dedupe: 'rows' } as const;
  const messages = [
    ...values.map((one) => ({ messages: one })),
    ...offered.map((tools) => ({ messages: turns[0], tools })),
  ];
  const conversations = values.map((one) => ({ conversations: one, system: 'Be short.' }));
  const cases: Case[] = [
    { format: 'messages', rows: [good.messages, ...messages, ...messages], fix },
    { format: 'sharegpt', rows: [good.sharegpt, ...conversations, ...conversations], fix },
    { format: 'messages', rows: [good.messages, ...messages], fix: { drop: ['no-answer'], dedupe: 'questions' } },
  ];
  assert.ok(alike(cases) > values.length * 2);
});

test.run();
