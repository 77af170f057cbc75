/** Rows to evaluate on, and rows that are taken: what a run is called by them, how many there are, what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../lib/base/hash.ts';
import { Dataset } from '../../lib/index.ts';
import type { Artifact } from '../../lib/manifest.ts';
import { wantedFiles } from '../../lib/pins/wanted.ts';
import { diffSettings } from '../../lib/plan/diff.ts';
import { artifactText, usersOf } from '../../lib/report/artifact-text.ts';
import { learntFiles, sourceFiles, sourcesOf } from '../../lib/targets/sources.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('which rows');
let folder = '';
const at = (name: string) => join(folder, name);
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${JSON.stringify({ prompt: `p${from + n}`, completion: 'c' })}\n`).join(
    '',
  );
const contents: Readonly<Record<string, string>> = {
  'rows.jsonl': lines(0, 40),
  'held.jsonl': lines(100, 107),
  'copy.jsonl': lines(100, 107),
  'more.csv': 'prompt,completion\na,b\n',
  'other.jsonl': '{"question": "a", "answer": "b"}\n',
};
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-which-'));
  for (const [name, content] of Object.entries(contents)) writeFileSync(at(name), content);
});
test.after(() => rmSync(folder, { recursive: true }));

type Props = Omit<Parameters<typeof Dataset.fromFile>[2], 'path'>;
type HubProps = Parameters<typeof Dataset.fromHub>[2];

const collected = (props: Props, path = at('rows.jsonl')) =>
  oneRun(({ stack }) => ({ data: Dataset.fromFile(stack, 'own', { path, ...props }) }));
const collectedHub = (props: Omit<HubProps, 'id'>) =>
  oneRun(({ stack }) => ({ data: Dataset.fromHub(stack, 'own', { id: 'owner/rows', ...props }) }));

function seen(made: ReturnType<typeof collected>) {
  assert.equal(
    made.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const [manifest] = made.manifests;
  const data = manifest?.resources.find((one): one is Artifact => one.life === 'artifact' && one.make === 'data');
  if (!manifest || !data) throw new Error('no data');
  return { manifest, data, job: jobOf(made) };
}

function said(made: ReturnType<typeof collected>): string {
  const { data, job } = seen(made);
  return artifactText(data, usersOf([job]));
}

const told = ({ findings }: ReturnType<typeof collected>) =>
  findings.filter(({ severity }) => severity === 'error').map(({ id, where, message }) => [id, where.path, message]);

test('a file of its own: counted, uploaded, pinned, and what the run is called by', () => {
  const { manifest, job, data } = seen(collected({ evaluation: { path: [at('held.jsonl'), at('more.csv')] } }));
  assert.equal([job.derived.rows, job.derived.evaluationRows], [40, 8]);
  assert.is(artifactText(data, usersOf([job])), '48 rows, 8 of them held out · prompt format');
  const names = sourceFiles(data.spec).map(({ name }) => name);
  assert.equal(names, ['rows.jsonl', 'held.jsonl', 'more.csv']);
  assert.equal(
    learntFiles(data.spec).map(({ name }) => name),
    ['rows.jsonl'],
  );
  assert.equal(
    [...sourcesOf(manifest, '/elsewhere').values()],
    names.map((name) => at(name)),
  );
  assert.equal(
    wantedFiles([manifest]).map(({ path, sha256: hash }) => [path, hash]),
    names.map((name) => [at(name), sha256(contents[name] ?? '')]).sort(),
  );
});

test('its content counts, not its name: the plan says which', () => {
  const of = (name: string, more: Props = {}) => seen(collected({ ...more, evaluation: { path: at(name) } }));
  const held = of('held.jsonl');
  const copy = of('copy.jsonl');
  assert.equal([copy.job.identity, copy.data.key], [held.job.identity, held.data.key]);
  assert.equal([...new Set(diffSettings(held.job, copy.job).map((one) => one.class))], ['cosmetic']);
  const other = of('more.csv');
  assert.is.not(other.job.identity, held.job.identity);
  assert.is.not(other.data.key, held.data.key);
  const [first] = diffSettings(held.job, other.job);
  assert.equal([first?.path, first?.class], ['data.evaluation.files', 'semantic']);
  assert.is.not(held.job.identity, seen(collected({})).job.identity);
});

test('samples draws from what is learnt from, and evaluates on all of the file', () => {
  const { job } = seen(collected({ samples: { share: 0.25 }, evaluation: { path: at('held.jsonl') } }));
  assert.equal([job.derived.rows, job.derived.evaluationRows], [10, 7]);
});

test('held out by content: counted, whatever is added, and another run than by number', () => {
  const by = 'content' as const;
  const of = (more: Props = {}, share = 0.2) => seen(collected({ ...more, evaluation: { share, by } }));
  const { job, data } = of();
  assert.equal([job.derived.rows, job.derived.evaluationRows], [35, 5]);
  assert.equal(data.spec.evaluation, { share: 0.2, by });
  const drawn = of({ samples: 10 });
  assert.equal([drawn.job.derived.rows, drawn.job.derived.evaluationRows], [9, 1]);
  const lines40 = contents['rows.jsonl'] ?? '';
  writeFileSync(at('twice.jsonl'), `${lines(200, 203)}${lines40}${lines40}`);
  const twice = (fix: Props['fix']) =>
    seen(collected({ fix, evaluation: { share: 0.2, by } }, at('twice.jsonl'))).job.derived;
  assert.equal([twice({ dedupe: 'rows' }).rows, twice({ dedupe: 'rows' }).evaluationRows], [37, 6]);
  assert.equal([twice(undefined).rows, twice(undefined).evaluationRows], [72, 11]);
  const number = seen(collected({ evaluation: { share: 0.2 } }));
  assert.is.not(number.job.identity, job.identity);
  assert.is.not(number.data.key, data.key);
  const [change] = diffSettings(number.job, job);
  assert.equal([change?.path, change?.class], ['data.evaluation.by', 'semantic']);
  const unset = seen(collected({ evaluation: { share: 0.2, by: undefined } }));
  assert.equal([unset.job.identity, unset.data.key], [number.job.identity, number.data.key]);
  const hub = seen(collectedHub({ evaluation: { share: 0.2, by } }));
  assert.equal(hub.data.spec.evaluation, { share: 0.2, by });
  assert.equal([hub.job.derived.rows, hub.job.derived.evaluationRows], [undefined, undefined]);
});

test('held out by content, none or all is an error, and rows that cannot be read are told alone', () => {
  const by = 'content' as const;
  const of = (share: number, path = at('rows.jsonl')) => told(collected({ evaluation: { share, by } }, path));
  assert.equal(of(0.0001), [
    [
      'data/none-held-out',
      'evaluation',
      'Of 40 rows that are taken, none is held out by its content: there is none to evaluate on.',
    ],
  ]);
  const [one] = of(0.0001, at('more.csv'));
  assert.match(String(one?.[2]), /^The one row that is taken is not held out by its content/);
  assert.equal(of(0.9999), [
    [
      'data/all-held-out',
      'evaluation',
      'Of 40 rows that are taken, all would be held out: none is left to learn from.',
    ],
  ]);
  writeFileSync(at('wrong.jsonl'), '{"prompt": 1, "completion": "c"}\n');
  assert.equal(
    of(0.5, at('wrong.jsonl')).map(([id]) => id),
    ['data/not-text'],
  );
});

test('samples by share: counted for files, said for the Hub', () => {
  assert.is(
    said(collected({ samples: { share: 0.1 }, evaluation: { share: 0.5 } })),
    '4 rows, 2 of them held out · prompt format',
  );
  const hub = said(collectedHub({ samples: { share: 0.1 } }));
  assert.is(
    hub,
    '10 % of its rows, how many is unknown: the dataset is not read before it is prepared · alpaca format',
  );
  const [one, other] = [{ samples: 4 }, { samples: { share: 0.1 } }].map((props) => seen(collected(props)));
  assert.is.not(one?.job.identity, other?.job.identity);
});

test('another split of the Hub', () => {
  const { data, job } = seen(collectedHub({ evaluation: { split: 'test' } }));
  assert.equal(data.spec.evaluation, { split: 'test' });
  assert.equal([job.derived.rows, job.derived.evaluationRows], [undefined, undefined]);
  assert.is.not(job.identity, seen(collectedHub({})).job.identity);
});

test('what cannot be is told at its place', () => {
  const path = 'evaluation';
  assert.equal(told(collected({ evaluation: { path: at('rows.jsonl') } })), [
    ['data/evaluation-trained', path, `${at('rows.jsonl')} is to be evaluated on, and learnt from.`],
  ]);
  assert.equal(told(collected({ evaluation: { path: at('held.jsonl') } }, at('copy.jsonl'))), [
    [
      'data/evaluation-trained',
      path,
      `${at('held.jsonl')} is to be evaluated on, and learnt from as ${at('copy.jsonl')}.`,
    ],
  ]);
  assert.equal(told(collectedHub({ evaluation: { split: 'train' } })), [
    ['data/evaluation-trained', path, 'The split train is to be evaluated on, and learnt from.'],
  ]);
  assert.equal(told(collected({ evaluation: { share: 0.1 } }, at('more.csv'))), [
    ['data/all-held-out', path, 'Of the one row that is taken, it would be held out: none is left to learn from.'],
  ]);
  assert.equal(
    told(collected({ evaluation: { path: at('other.jsonl') } })).map(([id]) => id),
    ['data/missing-column', 'data/missing-column'],
  );
  const [missing] = collected({ evaluation: { path: at('hold.jsonl') } }).findings;
  assert.is(missing?.id, 'data/unreadable');
  assert.match(missing?.fix ?? '', /Did you mean ".*held\.jsonl"/);
  const [none] = told(collected({ evaluation: { path: at('*.none') } }));
  assert.equal(none?.slice(0, 2), ['data/no-match', 'evaluation.path']);
});

test('settings that are no part, or misspelt', () => {
  const wrong = (props: unknown, of: 'file' | 'hub' = 'file') =>
    (of === 'file' ? collected(props as Props) : collectedHub(props as HubProps)).findings.map(
      ({ where, message, fix }) => [where.path, message, fix],
    );
  const first = (props: unknown, of: 'file' | 'hub' = 'file') => wrong(props, of)[0]?.join(' | ') ?? '';
  assert.is(first({ samples: 0 }), 'samples | samples must be more than 0. | Change samples.');
  assert.match(first({ samples: { share: 0 } }), /^samples.share \| .* must be more than 0\./);
  assert.match(first({ samples: { share: 1 } }), /^samples.share \| .* must be less than 1\./);
  assert.match(
    first({ samples: 1.5 }),
    /none of the forms that are allowed\. \| Write a whole number or \{ share \}\./,
  );
  assert.match(first({ evaluation: { share: 1 } }), /^evaluation.share \| .* must be less than 1\./);
  assert.match(first({ evaluation: 0.1 }), /Write \{ share, by \} or \{ path \}\./);
  assert.match(first({ evaluation: { share: 0.1, by: 'contents' } }), /^evaluation.by \| /);
  assert.match(first({ evaluation: { path: 'x', by: 'content' } }), /"by"/);
  assert.match(first({ evaluation: { path: [] } }), /evaluation.path must have at least 1 entries/);
  const guesses: [unknown, 'file' | 'hub', RegExp][] = [
    [{ samples: { shares: 0.1 } }, 'file', /There is no setting "shares" in samples\. \| Did you mean "share"/],
    [{ evaluation: { paht: 'x' } }, 'file', /"paht" in evaluation\. \| Did you mean "path"/],
    [{ evaluation: { split: 'test' } }, 'file', /"split" in evaluation\. \| Known here: by, path, share\./],
    [{ evaluation: { path: 'x' } }, 'hub', /"path" in evaluation\. \| Known here: by, share, split\./],
    [{ evaluation: { splt: 'test' } }, 'hub', /"splt" in evaluation\. \| Did you mean "split"/],
  ];
  for (const [props, of, said] of guesses)
    assert.match(
      wrong(props, of)
        .map((one) => one.join(' | '))
        .join('\n'),
      said,
    );
});

test.run();
