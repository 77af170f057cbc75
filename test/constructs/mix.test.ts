/** Several datasets as one: how many rows of each, what the run is called by, what cannot be mixed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonObject } from '../../lib/base/json.ts';
import { Dataset, type MixProps, type Stack } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { wantedFiles } from '../../lib/pins/wanted.ts';
import { diffSettings } from '../../lib/plan/diff.ts';
import { artifactText, usersOf } from '../../lib/report/artifact-text.ts';
import { sourceFiles, sourcesOf } from '../../lib/targets/sources.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('mix');
let folder = '';
const at = (name: string) => join(folder, name);
const lines = (count: number, row: (n: number) => object) =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(row(n))}\n`).join('');
const contents: Readonly<Record<string, string>> = {
  'a.jsonl': lines(40, (n) => ({ instruction: `i${n}`, output: 'o' })),
  'b.jsonl': lines(30, (n) => ({ question: `p${n}`, answer: 'c' })),
  'b-copy.jsonl': lines(30, (n) => ({ question: `p${n}`, answer: 'c' })),
  'twice.jsonl': lines(30, (n) => ({ prompt: `p${n % 20}`, completion: 'c' })),
  'text.txt': 'one\ntwo\nthree\n',
  'talk.jsonl': lines(9, (n) => ({
    messages: [
      { role: 'user', content: `${n}?` },
      { role: 'assistant', content: 'yes' },
    ],
  })),
};
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-mix-'));
  for (const [name, content] of Object.entries(contents)) writeFileSync(at(name), content);
});
test.after(() => rmSync(folder, { recursive: true }));

type FileProps = Partial<Parameters<typeof Dataset.fromFile>[2]>;
const file = (stack: Stack, id: string, path: string, more: FileProps = {}) =>
  Dataset.fromFile(stack, id, { path: at(path), ...more });
const columns = { prompt: 'question', completion: 'answer' };
const asked: FileProps = { format: 'prompt', columns };

/** `more` of the mix; `parts` of a and b by default, three to one. */
function mixed(more: Partial<MixProps> = {}, parts?: (stack: Stack) => MixProps['parts'], weights = [3, 1]) {
  return oneRun(({ stack }) => {
    const usual = () => [
      { data: file(stack, 'a', 'a.jsonl'), weight: weights[0] as number },
      { data: file(stack, 'b', 'b.jsonl', asked), weight: weights[1] as number },
    ];
    return { data: Dataset.mix(stack, 'both', { parts: parts?.(stack) ?? usual(), ...more }) };
  });
}

function seen(made: ReturnType<typeof mixed>) {
  assert.equal(
    made.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const [manifest] = made.manifests;
  const data = manifest?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
  if (!manifest || !data) throw new Error('no data');
  const job = jobOf(made);
  return { manifest, data, job, text: artifactText(data, usersOf([job])) };
}

const told = ({ findings }: ReturnType<typeof mixed>) =>
  findings
    .filter(({ severity }) => severity === 'error')
    .map(({ id, where, message }) => [id, where.path, message].join(' | '));

test('counted, told, pinned and copied: every file of every part', () => {
  const { manifest, job, data, text } = seen(mixed());
  assert.is(text, '53 rows: 40 of a, 13 of b · alpaca, prompt formats · 2 files');
  assert.is(job.derived.rows, 53);
  assert.equal(data.spec.mixed, [
    { name: 'a', rows: 40 },
    { name: 'b', rows: 13 },
  ]);
  assert.equal(data.spec.mix, {
    parts: [
      { weight: 3, files: 1, format: 'alpaca' },
      { weight: 1, files: 1, format: 'prompt', columns },
    ],
  });
  const names = ['a.jsonl', 'b.jsonl'];
  assert.equal(
    sourceFiles(data.spec).map(({ name }) => name),
    names,
  );
  assert.equal([...sourcesOf(manifest, '/elsewhere').values()], names.map(at));
  assert.equal(
    wantedFiles([manifest]).map(({ path }) => path),
    names.map(at),
  );
});

test('at most so many rows, of which a share is held out', () => {
  const { job, text } = seen(mixed({ rows: 20, evaluation: { share: 0.1 } }));
  assert.is(text, '20 rows: 15 of a, 5 of b; 2 of them held out · alpaca, prompt formats · 2 files');
  assert.equal([job.derived.rows, job.derived.evaluationRows], [18, 2]);
});

test('fixes and samples of each part count', () => {
  const { data, text } = seen(
    mixed({}, (stack) => [
      { data: file(stack, 'a', 'a.jsonl', { samples: 10, seed: 3 }), weight: 1 },
      { data: file(stack, 'b', 'twice.jsonl', { fix: { dedupe: 'rows' } }), weight: 1 },
    ]),
  );
  assert.is(text, '20 rows: 10 of a, 10 of b · alpaca, prompt formats · 2 files · of b 10 duplicates removed');
  const { parts } = data.spec.mix as { parts: JsonObject[] };
  assert.equal(parts[0], { weight: 1, files: 1, format: 'alpaca', samples: 10, seed: 3 });
  assert.equal(parts[1]?.fix, { dedupe: 'rows' });
});

test('weights, rows, seed and contents make another run; names, places and a lone dataset beside it do not', () => {
  const plain = seen(mixed());
  for (const other of [mixed({ rows: 50 }), mixed({ seed: 7 }), mixed({}, undefined, [2, 1])]) {
    const { job, data } = seen(other);
    assert.is.not(job.identity, plain.job.identity);
    assert.is.not(data.key, plain.data.key);
  }
  const moved = seen(
    mixed({}, (stack) => [
      { data: file(stack, 'first', 'a.jsonl'), weight: 3 },
      { data: file(stack, 'second', 'b-copy.jsonl', asked), weight: 1 },
    ]),
  );
  assert.equal([moved.job.identity, moved.data.key], [plain.job.identity, plain.data.key]);
  assert.equal([...new Set(diffSettings(plain.job, moved.job).map((one) => one.class))], ['cosmetic']);
});

test('dialogues, and prompts under the same chat template', () => {
  const { job, text } = seen(
    mixed({}, (stack) => [
      { data: file(stack, 'talk', 'talk.jsonl', { template: 'chatml' }), weight: 1 },
      { data: file(stack, 'a', 'a.jsonl', { template: 'chatml' }), weight: 2 },
    ]),
  );
  assert.is(text, '27 rows: 9 of talk, 18 of a · messages, alpaca formats · 2 files');
  const data = job.settings.data as JsonObject;
  assert.is(data.format, 'messages');
  assert.is((data.template as JsonObject).name, 'chatml');
  const model = seen(
    mixed({}, (stack) => [
      { data: file(stack, 'a', 'a.jsonl', { template: 'model' }), weight: 2 },
      { data: file(stack, 'talk', 'talk.jsonl'), weight: 1 },
    ]),
  );
  assert.equal((model.job.settings.data as JsonObject).template, undefined);
});

test('what of long rows all parts say is the run’s', () => {
  const fix = { drop: ['too-long'] } as const;
  const { job } = seen(
    mixed({}, (stack) => [
      { data: file(stack, 'a', 'a.jsonl', { fix }), weight: 1 },
      { data: file(stack, 'b', 'b.jsonl', { ...asked, fix: { drop: ['too-long', 'empty-answer'] } }), weight: 1 },
    ]),
  );
  assert.equal((job.settings.data as JsonObject).fix, { drop: ['too-long'] });
  const one = mixed({}, (stack) => [
    { data: file(stack, 'a', 'a.jsonl', { fix }), weight: 1 },
    { data: file(stack, 'b', 'b.jsonl', asked), weight: 1 },
  ]);
  assert.equal(told(one), [
    'mix/fixes | parts.1.data | a and b say different things of rows that have more tokens than maxLength.',
  ]);
});

test('what cannot be mixed is told at its place', () => {
  const pair = (make: (stack: Stack) => unknown, weight = 1) =>
    told(
      mixed({}, (stack) => [
        { data: file(stack, 'a', 'a.jsonl'), weight: 1 },
        { data: make(stack) as Dataset, weight },
      ]),
    );
  assert.equal(told(mixed({}, (stack) => [{ data: file(stack, 'a', 'a.jsonl'), weight: 1 }])), [
    'mix/parts | parts | A mix needs two parts or more, and this one has one.',
  ]);
  assert.match(pair((stack) => file(stack, 'b', 'b.jsonl', asked), 0)[0] ?? '', /parts\.1\.weight \| .* more than 0/);
  assert.match(pair((stack) => file(stack, 'b', 'b.jsonl', asked), -2)[0] ?? '', /parts\.1\.weight \| .* more than 0/);
  const twice = mixed({}, (stack) => {
    const data = file(stack, 'a', 'a.jsonl');
    return [
      { data, weight: 1 },
      { data, weight: 2 },
    ];
  });
  assert.equal(told(twice), ['mix/twice | parts.1.data | a is a part already, parts.0.']);
  assert.equal(
    pair((stack) => Dataset.fromHub(stack, 'hub', { id: 'owner/rows' })),
    [
      'mix/hub-part | parts.1.data | hub is a dataset of the Hub: how many rows it has is not known where the mix is made.',
    ],
  );
  const inner = pair((stack) =>
    Dataset.mix(stack, 'inner', {
      parts: [
        { data: file(stack, 'c', 'a.jsonl'), weight: 1 },
        { data: file(stack, 'd', 'b.jsonl', asked), weight: 1 },
      ],
    }),
  );
  assert.equal(inner, ['mix/of-mix | parts.1.data | inner is a mix itself.']);
  assert.equal(
    pair((stack) => file(stack, 'b', 'text.txt')),
    ['mix/shapes | parts.1.data | Rows of a become a prompt and its answer, those of b whole texts.'],
  );
  assert.match(
    pair((stack) => file(stack, 'b', 'talk.jsonl', { template: 'chatml' }))[0] ?? '',
    /a prompt and its answer, those of b messages under the chat template chatml/,
  );
  assert.equal(
    pair((stack) => file(stack, 'b', 'b.jsonl', { ...asked, evaluation: { share: 0.1 } })),
    ['mix/not-on-part | parts.1.data | b has evaluation, which counts for a whole dataset.'],
  );
  assert.match(pair(() => 'b.jsonl')[0] ?? '', /setting\/invalid \| parts\.1\.data/);
  assert.equal(told(mixed({ rows: 10 }, undefined, [1000, 1])), [
    'mix/none-of | parts.1.weight | Of 10 rows, none would be of b.',
  ]);
  assert.match(told(mixed({ row: 3 } as object))[0] ?? '', /no setting "row"/);
  // Its own mistake is told once, at the part.
  const own = pair((stack) => file(stack, 'b', 'b.jsonl'));
  assert.equal([...new Set(own.map((one) => one.split(' | ')[0]))], ['data/missing-column']);
  assert.is(new Set(own).size, own.length);
});

test.run();
