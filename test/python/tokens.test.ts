/** Token ids and trained tokens that the plan counts are those of a real SFTTrainer, row by row. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { readDataFile } from '../../lib/data/file.ts';
import { bordersOf } from '../../lib/data/tokens/borders.ts';
import { findTokenizer } from '../../lib/data/tokens/locate.ts';
import { openTokenizer, type Tokenizer } from '../../lib/data/tokens/tokenizer.ts';
import { keyOf } from '../../lib/data/tokens/written.ts';
import type { Format } from '../../lib/settings/formats.ts';
import { both, holdToNative } from '../support/by-parts.ts';
import { oddText } from '../support/odd-texts.ts';
import { python } from '../support/python.ts';
import { type CutSettings, rowTokens } from '../support/row-tokens.ts';
import { skip } from '../support/skip.ts';
import { llama2Folder, published, publishedFolder } from '../support/tokenizers.ts';

const test = suite('tokens as trained');
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sft-tokens-'));
test.after(() => rmSync(folder, { recursive: true }));

type Row = Readonly<Record<string, string>>;
interface Rows {
  readonly format: Format;
  readonly values: readonly Row[];
}

/** Text that tokenizers, JSON and Arrow treat in ways of their own. */
const odd = [
  '',
  ' ',
  'a',
  '  two  spaces  and a tail  ',
  '\n\n\n',
  '\ttabs\t\r\nand\rreturns',
  '2024-01-02T03:04:05Z',
  'null',
  '日本語のテキスト、カタカナ、ｶﾀｶﾅ。',
  'e\u0301 and \u00e9, \ufb01ne, \u212b',
  '👩‍👩‍👧‍👦 🇯🇵 👍🏽 \u{1f600}\u{1f600}',
  'مرحبا שלום नमस्ते ไทย',
  'nul \u0000 bell \u0007 escape \u001b[31m del \u007f nel \u0085',
  'zero\u200bwidth\u200djoin\ufeffmark\u2028line\u2029',
  '\u{10ffff} \u{e000} \ufffd \ufffe',
  '<s> </s> <unk> <pad> <bos> <eos>',
  '<|begin_of_text|><|end_of_text|><|eot_id|><|im_start|>user<|im_end|><start_of_turn><end_of_turn><|endoftext|>',
  '[INST] <<SYS>> ### Response:\n',
  '▁▁ Ġ Ċ <0x0A>',
  '1234567890 3.14159 1,000,000',
  'x'.repeat(3000),
  `${'word '.repeat(600)}end`,
  "it's don't WE'RE 'll 'S",
  '{"a": [1, 2, {"b": null}]}\\n\\u0041',
];

const pairs = odd.flatMap((prompt, at) => [
  { prompt, completion: odd[(at + 7) % odd.length] ?? '' },
  { prompt: 'Question: ', completion: prompt },
  { prompt: `${prompt}x`, completion: `y${prompt}` },
]);

const isReal = existsSync(root('../shared/data/alpaca_en_demo.json'));
const alpacaFile = root(isReal ? '../shared/data/alpaca_en_demo.json' : 'examples/data/everyday.json');
const alpaca = readDataFile(alpacaFile).rows.values as Row[];

/** Each as SFTConfig has it, and as we do. */
type Setting = readonly [Readonly<Record<string, unknown>>, CutSettings];
const long: Setting = [
  { max_length: 2048, completion_only_loss: true },
  { maxLength: 2048, packing: false },
];
const short: Setting = [
  { max_length: 60, completion_only_loss: true },
  { maxLength: 60, packing: false },
];
const shortAll: Setting = [
  { max_length: 60, completion_only_loss: false },
  { maxLength: 60, packing: false },
];
const end: Setting = [
  { max_length: 60, completion_only_loss: true, truncation_mode: 'keep_end' },
  { maxLength: 60, packing: false, keepsEnd: true },
];
const uncut: Setting = [
  { max_length: null, completion_only_loss: true },
  { maxLength: undefined, packing: false },
];

const kinds: readonly (Rows & { readonly settings: readonly Setting[] })[] = [
  { format: 'alpaca', values: alpaca, settings: [long] },
  { format: 'alpaca', values: alpaca.slice(0, 200), settings: [short] },
  { format: 'prompt', values: pairs, settings: [short, shortAll, end, uncut] },
  { format: 'text', values: odd.map((text) => ({ text })), settings: [short] },
];

type Prepared = readonly (readonly [number: number, ids: readonly number[], labels: readonly number[]])[];
interface Said {
  readonly folder: string;
  /** Of a commit. */
  readonly key: string;
  /** By kind of rows, then by settings. */
  readonly prepared: readonly (readonly Prepared[])[];
}

function trainerSays(folders: readonly string[]): Said[] {
  const rows = kinds.map((kind) => ({ ...kind, settings: kind.settings.map(([asTrl]) => asTrl) }));
  const input = JSON.stringify({ root: folder, tokenizers: folders, rows });
  const env = { ...process.env, PYTHONPATH: root('trainer'), HF_HUB_OFFLINE: '1', TRL_EXPERIMENTAL_SILENCE: '1' };
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 30, env } as const;
  const { status, stdout, stderr } = spawnSync(python(), [root('test/python/prepare_tokens.py')], options);
  assert.is(status, 0, stderr);
  return (
    stdout
      .split('\n')
      // DeepSpeed tells of itself on the same stream.
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Said)
  );
}

async function opened(place: string): Promise<Tokenizer> {
  const { eos_token: eos } = JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8')) as { eos_token: string };
  return openTokenizer({ json: readFileSync(join(place, 'tokenizer.json'), 'utf8'), eos });
}

const versionOf = ({ folder: place }: Said) =>
  (JSON.parse(readFileSync(join(place, 'manifest.json'), 'utf8')) as { transformers: string }).transformers;

/** Of each row that is left: its number, ids and labels. */
async function planSays({ format, values }: Rows, tokenizer: Tokenizer, [asTrl, ours]: Setting) {
  const name = format === 'alpaca' ? 'alpaca' : 'plain';
  const examples = values.flatMap((value) => exampleOf(value, format).example ?? []);
  assert.is(examples.length, values.length);
  const answersOnly = asTrl.completion_only_loss === true;
  const rows = await rowTokens(examples, tokenizer, { template: { name }, answersOnly, ...ours });
  return rows.flatMap((row, number) => {
    if ('refused' in row) throw new Error(row.refused);
    const { ids, trained, isDropped } = row;
    return isDropped ? [] : [[number, [...ids], [...ids].map((id, at) => (trained[at] === 1 ? id : -100))] as const];
  });
}

const llama2 = llama2Folder(folder);
if (!llama2) skip('Llama 2', 'the shared real data is not there');
const folders: (readonly [string, string])[] = [
  ...published.map((name) => [name, publishedFolder(name)] as const),
  ...(llama2 ? [['llama2', llama2] as const] : []),
];
const said = trainerSays(folders.map(([, place]) => place));

for (const [at, [name]] of folders.entries())
  test(`${name}: each row of ${isReal ? 'the 999 real ones' : 'the example'}, and of odd text`, async () => {
    const { folder: written, prepared } = said[at] as Said;
    const tokenizer = await opened(written);
    for (const [kind, rows] of kinds.entries())
      for (const [how, setting] of rows.settings.entries()) {
        const expected = prepared[kind]?.[how] ?? [];
        const found = await planSays(rows, tokenizer, setting);
        const what = `${rows.format} ${JSON.stringify(setting[0])}`;
        assert.equal(
          found.map(([number]) => number),
          expected.map(([number]) => number),
          `${what}: other rows are left`,
        );
        for (const [index, one] of found.entries()) assert.equal(one, expected[index], `${what}: row ${one[0]}`);
      }
    // Both cuts and dropped rows are among them.
    assert.ok((prepared[2]?.[0] ?? []).length < pairs.length);
  });

for (const [at, [name]] of folders.entries())
  test(`${name}: by parts, ids and letters are those of whole texts`, async () => {
    const json = readFileSync(join((said[at] as Said).folder, 'tokenizer.json'), 'utf8');
    assert.ok(bordersOf(json));
    const two = await both(json);
    await holdToNative(
      alpaca.slice(0, 300).flatMap((row) => Object.values(row)),
      two,
    );
    const { added_tokens } = JSON.parse(json) as { added_tokens: { content: string }[] };
    const added = added_tokens.map(({ content }) => content);
    const texts = fc.array(oddText([...added.slice(0, 8), ...added.slice(-8)]), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(texts, (some) => holdToNative(some, two)),
      { numRuns: 15 },
    );
  });

if (llama2)
  test('llama2: karpathy/llama2.c at 350e04f, test.c, whose ids come from Meta’s own tokenizer', async () => {
    const { encode } = await opened((said[folders.length - 1] as Said).folder);
    const launch = 'the launch:\n\n        Hi everyone';
    const ids = await encode([
      '',
      'I believe the meaning of life is',
      'Simply put, the theory of relativity states that ',
      launch,
    ]);
    assert.equal(
      ids.map((one) => [...one]),
      [
        [1],
        [1, 306, 4658, 278, 6593, 310, 2834, 338],
        [1, 3439, 17632, 1925, 29892, 278, 6368, 310, 14215, 537, 5922, 393, 29871],
        // Meta's own ends in 4706, 6324, 14332: transformers 5.23 joins runs of spaces of a bare .model in another order.
        [1, 278, 6826, 29901, 13, 13, 308, 18567, 14332],
      ],
    );
  });

test('the tokenizer of a repository, where transformers builds it anew, is told apart from the loaded one', () => {
  const written = said.map(({ folder: place }) => readFileSync(join(place, 'tokenizer.json'), 'utf8'));
  const gemma = join(publishedFolder('gemma3'), 'tokenizer.json');
  assert.is.not(written[published.indexOf('gemma3')], readFileSync(gemma, 'utf8'));
  const commit = { id: 'owner/name', revision: 'c'.repeat(40) };
  assert.is(keyOf(commit, versionOf(said[0] as Said)), said[0]?.key);
  const loaded = folders.map(([, place]) => {
    const asWritten = { cache: '', workspace: folder, transformers: versionOf(said[0] as Said) };
    return findTokenizer({ folder: place }, asWritten);
  });
  assert.equal(
    loaded.map(({ parts, isLoaded }) => [parts.json, isLoaded]),
    written.map((json) => [json, true]),
  );
});

test.run();
