/** The rows that the trainer draws and holds out are those that partOf says. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { type PartSettings, partOf } from '../../lib/data/part.ts';
import { Dataset } from '../../lib/index.ts';
import type { Format } from '../../lib/settings/formats.ts';
import { pythonSays } from '../support/readers.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('parts, in both languages');

interface Case extends PartSettings {
  readonly rows: number;
  /** Where what they say decides. */
  readonly format?: Format;
  readonly values?: readonly unknown[];
}

const marks = { train: 't', evaluation: 'e' } as const;
function here({ rows, format, values, ...settings }: Case): string {
  const part = partOf(rows, settings);
  return Array.from({ length: rows }, (_, ordinal) => {
    const said = format && exampleOf(values?.[ordinal], format);
    const side = part(ordinal, { ...said, file: 0 });
    return side === undefined ? '-' : marks[side];
  }).join('');
}

test('row by row, for many sizes, seeds, counts and shares', () => {
  const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
  const any = fc.record({
    rows: fc.integer({ min: 1, max: 400 }),
    seed: fc.nat(2 ** 32 - 1),
    samples: fc.option(fc.oneof(fc.integer({ min: 1, max: 500 }), fc.record({ share })), { nil: undefined }),
    evaluation: fc.option(fc.record({ share }), { nil: undefined }),
  });
  const large = { rows: 60_000, seed: 42, samples: 20_001, evaluation: { share: 0.05 } };
  // Where a share is just between two numbers of rows.
  const halves = Array.from({ length: 60 }, (_, at) => ({
    rows: at + 1,
    seed: 5,
    samples: { share: 0.5 },
    evaluation: { share: 0.3 },
  }));
  const cases: Case[] = [...fc.sample(any, 1000), ...halves, large];
  const there = pythonSays('draw_parts.py', JSON.stringify(cases)).split('\n');
  assert.is(there.length, cases.length);
  for (const [index, one] of cases.entries())
    assert.is(here(one) === there[index], true, `other rows of ${JSON.stringify(one)}`);
  assert.ok(new Set(there.join('')).size === 3);
});

test('held out by what they say, row by row, for rows of every format', () => {
  // Nothing but spaces would be no answer.
  const text = fc.string({ unit: 'grapheme', maxLength: 4 }).map((some) => `${some}a`);
  const turns = fc.tuple(text, text).map(([content, answer]) => [
    { role: 'user', content },
    { role: 'assistant', content: answer },
  ]);
  const formats: Readonly<Record<Format, fc.Arbitrary<unknown>>> = {
    alpaca: fc.record(
      { instruction: text, input: fc.option(text), output: text },
      { requiredKeys: ['instruction', 'output'] },
    ),
    prompt: fc.record({ prompt: text, completion: text, id: fc.nat() }),
    text: fc.record({ text }),
    messages: fc.record({ messages: turns }),
    sharegpt: turns.map((all) => ({ conversations: all.map(({ role, content }) => ({ from: role, value: content })) })),
  };
  const share = fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true });
  const cases = (Object.keys(formats) as Format[]).flatMap((format) => {
    const values = fc.array(formats[format], { minLength: 1, maxLength: 60 });
    const samples = fc.option(
      fc.oneof(
        fc.nat(80).map((n) => n + 1),
        fc.record({ share }),
      ),
      { nil: undefined },
    );
    const any = fc.tuple(values, share, fc.nat(2 ** 32 - 1), samples).map(([rows, part, seed, drawn]): Case => {
      return {
        rows: rows.length,
        values: rows,
        format,
        seed,
        samples: drawn,
        evaluation: { share: part, by: 'content' },
      };
    });
    return fc.sample(any, 100);
  });
  const there = pythonSays('draw_parts.py', JSON.stringify(cases)).split('\n');
  for (const [index, one] of cases.entries())
    assert.is(here(one) === there[index], true, `other rows of ${JSON.stringify(one)}`);
  assert.ok(new Set(there.join('')).size === 3);
});

test('the plan’s rows are as many as the trainer prepares: fixed, drawn and held out, also where rows were added', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-held-'));
  try {
    const row = (n: number) => ({ instruction: `Say ${n}.`, output: n % 10 === 3 ? ' ' : String(n) });
    const usual = Array.from({ length: 150 }, (_, n) => row(n));
    const added = [row(700), ...usual.slice(20, 40), ...usual.toReversed(), row(701)];
    const path = join(folder, 'rows.json');
    const prepared = (
      [
        [usual, {}],
        [added, {}],
        [added, { samples: 70 }],
        [added, { samples: { share: 0.4 }, seed: 7 }],
      ] as const
    ).map(([rows, more]) => {
      writeFileSync(path, JSON.stringify(rows));
      const props = {
        path,
        fix: { drop: ['empty-answer'], dedupe: 'rows' },
        evaluation: { share: 0.15, by: 'content' },
      } as const;
      const made = oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'own', { ...props, ...more }) }));
      const file = made.manifests[0]?.files.find(({ path: name }) => name.endsWith('train.json'));
      const { data } = JSON.parse(file?.content ?? '{}') as { data: { files: { sha256: string }[] } };
      const sources = join(folder, 'sources', data.files[0]?.sha256 ?? '');
      mkdirSync(sources, { recursive: true });
      copyFileSync(path, join(sources, 'rows.json'));
      return { data, derived: jobOf(made).derived };
    });
    const said = pythonSays('hold_out.py', prepared.map(({ data }) => JSON.stringify(data)).join('\n'), [folder]);
    const parts = said.split('\n').map((line) => JSON.parse(line) as { train: unknown[]; evaluation: unknown[] });
    assert.equal(
      parts.map(({ train, evaluation }) => [train.length, evaluation.length]),
      prepared.map(({ derived }) => [derived.rows, derived.evaluationRows]),
    );
    const [first, second] = parts.map(({ train, evaluation }) =>
      [train, evaluation].map((all) => all.map((one) => JSON.stringify(one))),
    );
    for (const side of [0, 1]) {
      const others = new Set(second?.[side]);
      assert.ok((first?.[side] ?? []).length > 0 && first?.[side]?.every((one) => others.has(one)));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
