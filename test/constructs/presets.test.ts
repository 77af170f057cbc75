/** Datasets of the Hub by a word: the run that it would be without, rows in the shape of each, and what is refused. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { Dataset } from '../../lib/index.ts';
import { type Preset, type PresetName, presetNames, presets } from '../../lib/settings/presets.ts';
import { skip } from '../support/skip.ts';
import { jobOf, oneRun } from '../support/stack.ts';

const test = suite('presets');
type Props = Parameters<typeof Dataset.fromHub>[2];
const collected = (props: Props) => oneRun(({ stack }) => ({ data: Dataset.fromHub(stack, 'own', props) }));
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('a preset is the run that it would be if it were written out', () => {
  const dolly = jobOf(collected({ preset: 'dolly', samples: 5000 }));
  const written = jobOf(
    collected({
      id: 'databricks/databricks-dolly-15k',
      format: 'alpaca',
      columns: { input: 'context', output: 'response' },
      samples: 5000,
    }),
  );
  assert.equal([dolly.identity, dolly.settings], [written.identity, written.settings]);
  const v2 = jobOf(collected({ preset: 'wizardlm-v2', revision: 'v1' })).settings.data as Record<string, unknown>;
  assert.equal(
    [v2.id, v2.format, v2.revision, 'preset' in v2],
    ['WizardLMTeam/WizardLM_evol_instruct_V2_196k', 'sharegpt', 'v1', false],
  );
});

/** As the datasets have them, with words of our own. */
const rows: Readonly<Record<PresetName, readonly Record<string, unknown>[]>> = {
  alpaca: [{ instruction: 'Name a fruit.', input: '', output: 'A pear.', text: 'Below is ...' }],
  dolly: [
    { instruction: 'Which river?', context: 'The Elbe is long.', response: 'The Elbe.', category: 'closed_qa' },
    { instruction: 'Name a fruit.', context: '', response: 'A pear.', category: 'open_qa' },
  ],
  wizardlm: [{ instruction: 'Name a fruit.', output: 'A pear.' }],
  'wizardlm-v2': [
    {
      idx: 'aB3dE',
      conversations: [
        { from: 'human', value: 'Name a fruit.' },
        { from: 'gpt', value: 'A pear.' },
      ],
    },
  ],
};

test('rows in the shape of each are read', () => {
  for (const name of presetNames) {
    const { format, columns, has }: Preset = presets[name];
    for (const row of rows[name]) {
      assert.equal(Object.keys(row), has);
      const { example, faults } = exampleOf(row, format, columns);
      assert.equal(faults, [], name);
      assert.match(JSON.stringify(example), /A pear\.|The Elbe\."/);
    }
  }
  const { format, columns }: Preset = presets.dolly;
  assert.equal(exampleOf(rows.dolly[0], format, columns).example, {
    kind: 'alpaca',
    instruction: 'Which river?',
    input: 'The Elbe is long.',
    output: 'The Elbe.',
  });
});

const real = root('../shared/data/alpaca_en_demo.json');
const name = 'real rows of Alpaca have the columns of its preset';
if (existsSync(real))
  test(name, () => {
    const all = JSON.parse(readFileSync(real, 'utf8')) as unknown[];
    assert.ok(all.every((row) => exampleOf(row, presets.alpaca.format).faults.length === 0));
  });
else skip(name, 'the shared real data is not there');

test('docs/data.md has each, with its source and licence', () => {
  const page = readFileSync(root('docs/data.md'), 'utf8');
  for (const preset of presetNames) {
    const { hub: id, format, columns = {}, licence, source }: Preset = presets[preset];
    const called = Object.entries(columns).map(([column, own]) => `${column}: ${own}`);
    const row = ['', `\`${preset}\``, id, format, called.join(', '), licence, source, ''].join(' | ').trim();
    assert.ok(page.includes(row), `no row: ${row}`);
  }
});

test('neither, both, or misspelt', () => {
  const told = (props: unknown) =>
    collected(props as Props).findings.map(({ id, where, message, fix }) => [id, where.path, message, fix]);
  assert.equal(told({}), [
    [
      'setting/missing',
      'id',
      'id is missing.',
      'Give the dataset’s id on the Hub, or a preset: alpaca, dolly, wizardlm, wizardlm-v2.',
    ],
  ]);
  assert.equal(
    told({ preset: 'dolly', id: 'a/b', columns: { input: 'x' } }).map(([id, path, message]) => [id, path, message]),
    [
      ['data/preset', 'id', 'The preset dolly says id already.'],
      ['data/preset', 'columns', 'The preset dolly says columns already.'],
    ],
  );
  assert.match(String(told({ preset: 'doly' })[0]), /preset must be one of .*Did you mean "dolly"/);
  assert.match(String(told({ presets: 'dolly' })), /There is no setting "presets".*Did you mean "preset"/);
});

test.run();
