/** The plan's counts of a mix are the trainer's, and what it prepares are the rows that are meant, in their order. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256, short } from '../../lib/base/hash.ts';
import { mixCounts, mixOrder } from '../../lib/data/mix.ts';
import { partOf } from '../../lib/data/part.ts';
import { Dataset } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { python } from '../support/python.ts';
import { pythonSays } from '../support/readers.ts';
import { oneRun } from '../support/stack.ts';

const test = suite('mixes, in both languages');

/** Numbers of the rows that are drawn of one part, as partOf says. */
function drawn(rows: number, count: number, seed: number): number[] {
  const part = partOf(rows, { samples: count, seed });
  return [...Array(rows).keys()].filter((ordinal) => part(ordinal, { file: 0 }) === 'train');
}

test('counts, rows of each part and their order, for many sizes and weights', () => {
  const weight = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true }));
  const part = fc.record({ rows: fc.integer({ min: 1, max: 200 }), weight });
  const any = fc.record({
    parts: fc.array(part, { minLength: 2, maxLength: 5 }),
    most: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
    seed: fc.nat(2 ** 32 - 1),
  });
  const tenths = [0.1, 0.2, 0.3].map((weight) => ({ rows: 100, weight }));
  const cases = [...fc.sample(any, 1000), { parts: tenths, most: undefined, seed: 1 }];
  const asked = cases.map(({ parts, most, seed }) => ({
    ...{ rows: parts.map(({ rows }) => rows), weights: parts.map((one) => one.weight), seed },
    ...(most === undefined ? {} : { most }),
  }));
  const said = pythonSays('mix_counts.py', JSON.stringify(asked)).split('\n');
  assert.is(said.length, cases.length);
  for (const [index, { parts, most, seed }] of cases.entries()) {
    const counts = mixCounts(parts, most);
    const rows = parts.map((one, at) => (counts[at] === 0 ? [] : drawn(one.rows, counts[at] as number, seed)));
    const here = JSON.stringify([counts, rows, mixOrder(counts)]);
    assert.is(JSON.stringify(JSON.parse(said[index] ?? '')), here, JSON.stringify(asked[index]));
  }
});

const contents: Readonly<Record<string, string>> = {
  'talk.jsonl': Array.from(
    { length: 30 },
    (_, n) => `{"conversations": [{"from": "human", "value": "q${n}"}, {"from": "gpt", "value": "a${n}"}]}\n`,
  ).join(''),
  'tasks.csv': `frage,antwort\n${Array.from({ length: 25 }, (_, n) => `f${n},t${n}\n`).join('')}`,
};

test('a stack’s mix, prepared: the rows of the plan, as messages under one template', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sft-mixed-'));
  try {
    for (const [name, content] of Object.entries(contents)) {
      writeFileSync(join(folder, name), content);
      const source = join(folder, 'root', 'sources', sha256(content));
      mkdirSync(source, { recursive: true });
      writeFileSync(join(source, name), content);
    }
    const template = 'chatml';
    const { manifests, findings } = oneRun(({ stack }) => {
      const talk = Dataset.fromFile(stack, 'talk', { path: join(folder, 'talk.jsonl'), template });
      const path = join(folder, 'tasks.csv');
      const columns = { prompt: 'frage', completion: 'antwort' };
      const tasks = Dataset.fromFile(stack, 'tasks', {
        path,
        template,
        columns,
        format: 'prompt',
        samples: 20,
        seed: 5,
      });
      const parts = [
        { data: talk, weight: 2 },
        { data: tasks, weight: 1 },
      ];
      return { data: Dataset.mix(stack, 'both', { parts, rows: 20, seed: 9 }) };
    });
    assert.equal(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    const files = join(folder, 'files');
    mkdirSync(files);
    for (const { path, content } of manifests[0]?.files ?? [])
      if (path.startsWith('sft/')) writeFileSync(join(files, path.slice(4)), content);
    const data = manifests[0]?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
    const args = [
      '-m',
      'cdksft_trainer',
      'prepare',
      '--root',
      join(folder, 'root'),
      '--files',
      files,
      '--only',
      'data',
    ];
    const trainer = fileURLToPath(new URL('../../trainer', import.meta.url));
    const env = { ...process.env, PYTHONPATH: trainer };
    const { status, stdout, stderr } = spawnSync(python(), args, { encoding: 'utf8', env });
    assert.is(status, 0, stdout + stderr);
    const made = readFileSync(join(folder, 'root', 'data', short(data?.key ?? ''), 'train.jsonl'), 'utf8');
    const told = made
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).messages);
    const counts = [13, 7];
    const talks = drawn(30, 13, 9).map((n) => [`q${n}`, `a${n}`]);
    const sampled = drawn(25, 20, 5);
    const tasks = drawn(20, 7, 9).map((row) => [`f${sampled[row]}`, `t${sampled[row]}`]);
    const wanted = mixOrder(counts).map(([part, row]) => (part === 0 ? talks : tasks)[row] as [string, string]);
    assert.equal(
      told,
      wanted.map(([user, assistant]) => [
        { role: 'user', content: user },
        { role: 'assistant', content: assistant },
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
