/** The setting `fix`: what may be written, what a run is called by it, and what is planned of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Dataset } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { diffSettings } from '../../lib/plan/diff.ts';
import { artifactText, usersOf } from '../../lib/report/artifact-text.ts';
import type { FileDatasetInput } from '../../lib/settings/inputs/dataset.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('the setting fix');
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-fix-'));
});
test.after(() => rmSync(folder, { recursive: true }));

type Fix = NonNullable<FileDatasetInput['fix']>;

const rows = [
  ...Array.from({ length: 10 }, (_, n) => ({ instruction: `Say ${n}.`, output: String(n), text: `${n}` })),
  { instruction: 'Say 3.', output: '3', text: '3' },
  { instruction: 'Say 4.', output: 'four', text: '4' },
  { instruction: 'Say 11.', output: ' ', text: 'a' },
  { instruction: 12, output: 'x', text: 'b' },
];

function collected(fix: unknown, more: Partial<FileDatasetInput> = {}, run: object = {}) {
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const props = { path, ...(fix === undefined ? {} : { fix: fix as Fix }), ...more };
  return oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'own', props), ...run }));
}

function planned(fix: unknown, more: Partial<FileDatasetInput> = {}, run: object = {}) {
  const made = collected(fix, more, run);
  assert.equal(
    made.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const [manifest] = made.manifests;
  const data = manifest?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
  const file = manifest?.files.find(({ path }) => path.endsWith('train.json'));
  assert.ok(data && file);
  const job = jobOf(made);
  const { sft } = JSON.parse(file.content) as { sft: Record<string, unknown> };
  return {
    job,
    key: data.key,
    spec: data.spec,
    sft,
    said: artifactText(data, usersOf([job])),
    notes: manifest?.findings,
  };
}

const wrong = (fix: unknown, more: Partial<FileDatasetInput> = {}, run: object = {}) =>
  collected(fix, more, run)
    .findings.filter(({ severity, id }) => severity === 'error' && /^(fix|setting)\//.test(id))
    .map(({ id, where, message, fix: way }) => ({ id, path: where.path, message, fix: way }));

const good = { drop: ['unusable', 'empty-answer'], dedupe: 'questions' } as const;

test('rows and steps follow from what is left, the counts stand in train.json, and the plan says them', () => {
  const { job, spec, said, notes } = planned(good, { evaluation: { share: 0.2 } }, { batch: { micro: 2 }, epochs: 1 });
  assert.equal([job.derived.rows, job.derived.evaluationRows, job.derived.steps], [8, 2, 4]);
  assert.equal(spec.fixed, { dropped: { unusable: 1, 'empty-answer': 1 }, duplicates: 2 });
  assert.equal(spec.fix, { drop: ['unusable', 'empty-answer'], dedupe: 'questions' });
  assert.is(
    said,
    '10 rows, 2 of them held out · alpaca format · 2 dropped: 1 unusable, 1 empty answer · 2 duplicates removed',
  );
  assert.equal(
    notes
      ?.filter(({ id }) => id.startsWith('fix/'))
      .map(({ id, severity, where }) => [id, severity, where.path?.replace(/\S*\//g, '')]),
    [
      ['fix/duplicates', 'note', 'rows.jsonl:11, rows.jsonl:12'],
      ['fix/dropped', 'note', 'rows.jsonl:13'],
      ['fix/dropped', 'note', 'rows.jsonl:14'],
    ],
  );
});

test('files to evaluate on: what is learnt from is a duplicate there', () => {
  const path = join(folder, 'held.jsonl');
  const held = [...rows.slice(0, 2), { instruction: 'Say 20.', output: '20' }, { instruction: 'Say 21.', output: '' }];
  writeFileSync(path, held.map((row) => JSON.stringify(row)).join('\n'));
  const { job, spec, notes, said } = planned(good, { evaluation: { path } });
  assert.equal([job.derived.rows, job.derived.evaluationRows], [10, 1]);
  assert.equal((spec.fixed as { evaluation?: unknown }).evaluation, {
    dropped: { unusable: 0, 'empty-answer': 1 },
    duplicates: 2,
  });
  assert.match(said, /2 duplicates removed · of those to evaluate on 1 dropped: empty answer, 2 duplicates removed$/);
  assert.is(notes?.filter(({ where }) => where.path?.includes('held.jsonl')).length, 2);
  writeFileSync(path, JSON.stringify(rows[0]));
  assert.equal(
    wrong(good, { evaluation: { path } }).map(({ id }) => id),
    ['fix/none-left'],
  );
});

test('of one reason, and of nothing that is found', () => {
  assert.match(planned({ drop: ['unusable'] }).said, /13 rows · alpaca format · 1 dropped: unusable$/);
  const text = planned({ drop: ['empty-answer'], dedupe: 'rows' }, { format: 'text' });
  assert.match(text.said, /none dropped · 2 duplicates removed$/);
  assert.match(planned({ drop: ['unusable', 'too-long'] }).said, /unusable · rows over maxLength dropped$/);
  assert.match(planned({ split: true }, { format: 'text' }).said, /· rows over maxLength split$/);
});

test('a run without the setting, and one whose fix says nothing, is called as ever', () => {
  const plain = planned(undefined, { format: 'text' });
  assert.not.ok('fix' in plain.spec || 'fixed' in plain.spec || 'truncation_mode' in plain.sft);
  for (const fix of [{}, { truncate: 'keep_start' }, { split: false }])
    assert.equal(
      [planned(fix, { format: 'text' })].map(({ job, key, sft }) => [job.identity, key, sft]),
      [[plain.job.identity, plain.key, plain.sft]],
    );
});

test('another fix is another run; rows are prepared anew only where the rows alone decide', () => {
  const of = (fix: unknown) => planned(fix, { format: 'text' });
  const fixes = [
    undefined,
    { dedupe: 'rows' },
    { split: true },
    { truncate: 'keep_end' },
    { drop: ['too-long'] },
    { drop: ['empty-answer'] },
  ];
  const runs = fixes.map(of);
  assert.is(new Set(runs.map(({ job }) => job.identity)).size, fixes.length);
  assert.equal(
    runs.map(({ key }) => key === runs[0]?.key),
    [true, false, true, true, true, false],
  );
  assert.is(runs[3]?.sft.truncation_mode, 'keep_end');
  const [plain, dedupe] = runs;
  assert.ok(plain && dedupe);
  const [change, ...others] = diffSettings(plain.job, dedupe.job);
  assert.equal([change?.path, change?.after, change?.class, others], ['data.fix.dedupe', 'rows', 'semantic', []]);
});

test('the order of reasons, and one written twice, say nothing', () => {
  const one = planned({ drop: ['empty-answer', 'unusable', 'unusable'], dedupe: 'questions' });
  assert.equal(
    [one.job.identity, one.key, one.spec.fixed],
    [planned(good).job.identity, planned(good).key, planned(good).spec.fixed],
  );
});

test('how many sequences there are is not known where long rows are dropped or split', () => {
  assert.is(planned({ drop: ['unusable', 'too-long'] }, {}, { epochs: 1 }).job.derived.steps, undefined);
  assert.is(planned({ drop: ['unusable'] }, {}, { epochs: 1, batch: { micro: 1 } }).job.derived.steps, 13);
});

test('wrong words get the nearest one', () => {
  assert.equal(
    wrong({ drop: ['empty-answers'] }).map(({ path, fix }) => [path, fix]),
    [['fix.drop.0', 'Did you mean "empty-answer"?']],
  );
  assert.equal(
    wrong({ dedup: 'rows' }).map(({ path, fix }) => [path, fix]),
    [['fix.dedup', 'Did you mean "dedupe"?']],
  );
  assert.equal(
    wrong({ dedupe: 'row' }).map(({ fix }) => fix),
    ['Did you mean "rows"?'],
  );
  assert.equal(
    wrong({ truncate: 'end' }).map(({ id }) => id),
    ['setting/invalid'],
  );
  assert.equal(
    wrong({ drop: [] }).map(({ message }) => message),
    ['fix.drop must have at least 1 entries.'],
  );
});

test('what would do nothing, or several things at once, is an error', () => {
  const ids = (fix: unknown, more: Partial<FileDatasetInput> = {}, run: object = {}) =>
    wrong(fix, more, run).map(({ id, path }) => [id, path]);
  assert.equal(ids({ drop: ['no-answer'] }), [['fix/not-for', 'fix.drop']]);
  assert.equal(ids({ drop: ['empty-question'], dedupe: 'questions' }, { format: 'text' }), [
    ['fix/not-for', 'fix.drop'],
    ['fix/not-for', 'fix.dedupe'],
  ]);
  assert.equal(ids({ split: true }), [['fix/not-for', 'fix.split']]);
  assert.equal(ids({ drop: ['too-long'], truncate: 'keep_end' }), [['fix/several-ways', 'fix']]);
  assert.equal(ids({ drop: ['unusable'], truncate: 'keep_end' }, {}, { packing: true }), [
    ['fix/packed', 'data.fix.truncate'],
  ]);
  assert.equal(ids({ drop: ['unusable'] }, { columns: { output: 'answer' } }), [['fix/none-left', 'fix']]);
});

test('a dataset of the Hub is counted by the trainer', () => {
  const hub = (fix: Fix) =>
    oneRun(({ stack }) => ({ data: Dataset.fromHub(stack, 'own', { id: 'a/b', revision: 'c'.repeat(40), fix }) }));
  const made = hub({ dedupe: 'rows' });
  const data = made.manifests[0]?.resources.find(
    (one): one is Artifact => one.life === 'artifact' && one.make === 'data',
  );
  assert.equal([data?.spec.fix, data?.spec.fixed], [{ dedupe: 'rows' }, undefined]);
  assert.equal(
    hub({ split: true }).findings.map(({ id }) => id),
    ['fix/not-for'],
  );
});

test.run();
