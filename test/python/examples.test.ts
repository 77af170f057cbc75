/** What the plan takes a row for is what the trainer takes it for: the same example, or the same fault. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { roles } from '../../lib/data/messages.ts';
import { isError } from '../../lib/data/row-fault.ts';
import { type Columns, type Format, formats } from '../../lib/settings/formats.ts';
import { hostile, offered, turns } from '../support/dialogues.ts';
import { python } from '../support/python.ts';

const test = suite('both readers of rows');
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

type Case = readonly [value: unknown, format: Format, columns: Columns];

function trainerSays(cases: readonly Case[]): string[] {
  const input = cases.map((one) => JSON.stringify(one)).join('\n');
  const env = { ...process.env, PYTHONPATH: root('trainer') };
  const script = root('test/python/read_examples.py');
  const { status, stdout, stderr } = spawnSync(python(), [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env,
  });
  assert.is(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

function planSays([value, format, columns]: Case): unknown {
  const { example, faults } = exampleOf(value, format, columns);
  const [fault] = faults.filter(isError);
  assert.is(example === undefined, fault !== undefined);
  return fault ? { fault: [fault.kind, fault.column, fault.detail ?? null] } : { example };
}

/** How many of the rows are learnt from. */
function alike(cases: readonly Case[]): number {
  const said = trainerSays(cases);
  assert.is(said.length, cases.length);
  let learnt = 0;
  for (const [index, line] of said.entries()) {
    const one = cases[index] as Case;
    // As JSON, so that the order of keys counts too: templates write objects out as they stand.
    assert.is(JSON.stringify(JSON.parse(line)), JSON.stringify(planSays(one)), JSON.stringify(one).slice(0, 500));
    if (line.startsWith('{"example"')) learnt += 1;
  }
  return learnt;
}

const dialogues = (values: readonly unknown[], tools: unknown = undefined): Case[] =>
  values.flatMap((value): Case[] => [
    [{ messages: value, tools }, 'messages', {}],
    [{ conversations: value, system: 'Be short.', tools }, 'sharegpt', {}],
    [{ talk: value, messages: 3, tools }, 'messages', { messages: 'talk' }],
  ]);

test('dialogues of the wild, and what is none', () => {
  const good = alike(dialogues(turns));
  assert.ok(good > turns.length * 2);
  assert.is(alike(dialogues(hostile)), 0);
  const [first] = turns;
  const tools = offered.flatMap((each) => dialogues([first], each));
  assert.is(alike(tools), 7 * 3);
});

test('columns that are missing, null, no text, or called otherwise', () => {
  const values = [undefined, null, '', 'a', 3, true, [], {}, '\ud800', '\ud83d\ude42'];
  const cases = (Object.keys(formats) as Format[]).flatMap((format) => {
    const columns = [...formats[format].required, ...formats[format].optional];
    const rows = columns.flatMap((column) =>
      values.map((value) => ({ ...Object.fromEntries(columns.map((name) => [name, 'a'])), [column]: value })),
    );
    const named = Object.fromEntries(columns.map((column) => [column, `my ${column}`]));
    const renamed = rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [`my ${k}`, v])));
    return [
      ...[null, 3, 'a', [], {}, ...rows].map((row): Case => [row, format, {}]),
      ...[...renamed, ...rows].map((row): Case => [row, format, named]),
    ];
  });
  assert.ok(alike(cases) > 30);
});

test('any dialogue', () => {
  const role = fc.constantFrom(...Object.keys(roles), 'asistant', 3, null, '');
  const json = fc.constantFrom('{"name": "f", "arguments": {"a": 1}}', '[{"name": "f"}]', '{"name": 3}', '{', '""');
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom(' ', '\u0000', '\ud800'), json);
  const content = fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.array(fc.record({ type: fc.constantFrom('text', 'image'), text })) },
  );
  const arguments_ = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
    fc.object(),
    json,
  );
  const inner = fc.record({ name: text, arguments: arguments_ }, { requiredKeys: [] });
  const calls = fc.oneof(fc.array(fc.record({ id: text, function: inner }, { requiredKeys: [] })), inner, json);
  const keys = { role, from: role, content, value: content, name: content, tool_calls: calls, function_call: inner };
  const likely = fc.record(
    { role: fc.constantFrom(...Object.keys(roles)), content: text, tool_calls: calls },
    { requiredKeys: ['role', 'content'] },
  );
  const turn = fc.oneof(
    { weight: 4, arbitrary: likely },
    { weight: 1, arbitrary: fc.record(keys, { requiredKeys: [] }) },
  );
  const samples = fc.sample(fc.array(turn, { maxLength: 4 }), { numRuns: 3000, seed: 4 });
  assert.ok(alike(dialogues(samples)) > 300);
});

test.run();
