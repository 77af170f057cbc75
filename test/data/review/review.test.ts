/** The pass over data: what it counts, against the rows' own tokens, and what it finds with them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReviewInput } from '../../../lib/data/review/review.ts';
import { review } from '../../../lib/data/review/review.ts';
import { openTokenizer } from '../../../lib/data/tokens/tokenizer.ts';
import { standingTokenizer } from '../../../lib/data/tokens/written.ts';
import { publishedFolder } from '../../support/tokenizers.ts';

const test = suite('review of data');

let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sft-review-'));
});
test.after(() => rmSync(folder, { recursive: true }));

const open = async () => {
  const parts = standingTokenizer(publishedFolder('qwen3'));
  assert.ok(parts);
  return { name: 'qwen3', opened: await openTokenizer(parts), isLoaded: false };
};
let opening: ReturnType<typeof open> | undefined;
/** Reading it takes most of the time. */
const tokenizer = () => {
  opening ??= open();
  return opening;
};

async function reviewed(rows: readonly object[], more: Partial<ReviewInput> = {}) {
  writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return review({ folder, paths: ['rows.jsonl'], answersOnly: true, tokenizer: await tokenizer(), ...more });
}

const found = ({ findings }: Awaited<ReturnType<typeof review>>, id: string) => findings.find((one) => one.id === id);

/** More rows than one batch holds, so that order and sums over batches are seen. */
const many = Array.from({ length: 1200 }, (_, at) => ({
  prompt: `Count to ${at}, slowly. `,
  completion: 'one two three '.repeat(1 + (at % 7)),
}));

test('tokens of rows of text are those of each text, in order, over batches', async () => {
  const { opened, name } = await tokenizer();
  const { rows, tokens, findings } = await reviewed(many, { maxLength: 25 });
  assert.is(rows, 1200);
  let [all, read, trained, cutRows, cutTokens, dropped] = [0, 0, 0, 0, 0, 0];
  const lengths: number[] = [];
  for (const { prompt, completion } of many) {
    const [ids, asked] = await opened.encode([`${prompt}${completion}${opened.eos}`, prompt]);
    const length = ids?.length ?? 0;
    let border = 0;
    while (asked && border < asked.length && asked[border] === ids?.[border]) border += 1;
    all += length;
    lengths.push(length);
    const left = Math.min(25, length);
    if (left < length) {
      cutRows += 1;
      cutTokens += length - left;
    }
    if (left <= border) dropped += 1;
    else {
      read += left;
      trained += left - border;
    }
  }
  assert.ok(cutRows > 100 && cutRows < 1100);
  assert.equal([tokens?.tokens.total, tokens?.read, tokens?.trained.total], [all, read, trained]);
  assert.equal([tokens?.tokenizer, tokens?.limit, tokens?.cut], [name, 25, { rows: cutRows, tokens: cutTokens }]);
  assert.is(tokens?.dropped, dropped);
  assert.is(tokens?.tokens.most, Math.max(...lengths));
  const long = findings.find(({ id }) => id === 'rows/too-long');
  const first = lengths.findIndex((length) => length > 25) + 1;
  assert.equal([long?.count, long?.places[0]?.row], [cutRows, first]);
});

test('rows that are packed are not cut by themselves', async () => {
  const { tokens, findings } = await reviewed(many.slice(0, 20), { maxLength: 5, packing: true });
  assert.equal([tokens?.cut.rows, tokens?.dropped, tokens?.limit], [0, 0, undefined]);
  assert.not.ok(findings.some(({ id }) => id === 'rows/too-long'));
});

test('rows over the limit that the dataset drops or splits are counted, and are not cut', async () => {
  const { opened } = await tokenizer();
  const lengths: number[] = [];
  for (const { prompt, completion } of many) {
    const [ids] = await opened.encode([`${prompt}${completion}${opened.eos}`]);
    lengths.push(ids?.length ?? 0);
  }
  const sum = (own: readonly number[]) => own.reduce((all, one) => all + one, 0);
  const rows = lengths.filter((length) => length > 25).length;
  for (const fix of ['drop', 'split'] as const) {
    const { tokens, findings, taken } = await reviewed(many, { maxLength: 25, tooLong: fix });
    assert.equal([tokens?.limit, tokens?.tooLong, tokens?.cut.rows], [25, { rows, fix }, 0]);
    assert.is(tokens?.read, sum(fix === 'drop' ? lengths.filter((length) => length <= 25) : lengths));
    assert.is(
      findings.some(({ id }) => id === 'rows/too-long'),
      false,
    );
    assert.is(taken, undefined);
  }
});

test('a row that loses its answer to the cut is dropped and told; one whose end is cut does not learn to stop', async () => {
  const rows = [
    { prompt: 'What is said here is long, and more than the run takes of a row. '.repeat(4), completion: 'Yes.' },
    { prompt: 'Short. ', completion: 'Yes.' },
    { prompt: 'Short. ', completion: 'No, not at all, and here is why, in so many words that they are cut.' },
  ];
  const result = await reviewed(rows, { maxLength: 12 });
  assert.equal(found(result, 'rows/answer-cut')?.places, [{ file: 'rows.jsonl', row: 1, line: 1 }]);
  assert.is(result.tokens?.dropped, 1);
  const whole = await reviewed([{ prompt: 'a ', completion: 'b' }]);
  assert.is(found(whole, 'rows/end-not-trained'), undefined);
  const jinja = '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}';
  const endless = await reviewed([{ prompt: 'a', completion: 'b' }], { template: { name: 'chat.jinja', jinja } });
  assert.is(found(endless, 'rows/end-not-trained')?.count, 1);
});

test('dialogues are rendered by the tokenizer’s own template, and marked', async () => {
  const messages = [
    { role: 'user', content: 'Is it late?' },
    { role: 'assistant', content: 'It is.' },
  ];
  const { template, samples, tokens } = await reviewed([{ messages }], { answersOnly: false, samples: 1 });
  assert.equal([template, samples[0]?.shown], ['model', 'rendered']);
  assert.match(samples[0]?.text ?? '', /^<\|im_start\|>user\nIs it late\?<\|im_end\|>\n<\|im_start\|>assistant\n/);
  assert.equal(samples[0]?.trained, [[0, samples[0]?.text.length]]);
  assert.is(tokens?.trained.total, tokens?.tokens.total);
});

test('a sample is marked as its tokens are: a token over the border belongs to the answer, and what is cut to nothing', async () => {
  const { samples } = await reviewed([{ prompt: 'He said wonder', completion: 'ful things. And more.' }], {
    samples: 1,
    maxLength: 6,
  });
  const { text = '', trained = [] } = samples[0] ?? {};
  const { opened } = await tokenizer();
  const [ids, asked] = await opened.encode([text, 'He said wonder']);
  let border = 0;
  while (asked?.[border] === ids?.[border]) border += 1;
  const [marked] = trained;
  const begun = await opened.encode([text.slice(0, marked?.[0]), text.slice(0, marked?.[1])]);
  assert.is(trained.length, 1);
  assert.ok((marked?.[0] ?? 0) < 'He said wonder'.length, 'the prompt’s last token merges with the answer');
  assert.equal(
    begun.map(({ length }) => length),
    [border, 6],
  );
});

test('rows that a template refuses are an error with their places; those that it takes are counted', async () => {
  const jinja =
    "{% if messages[0].content == 'no' %}{{ raise_exception('not this one') }}{% endif %}{{ messages[1].content }}";
  const rows = [
    { prompt: 'yes', completion: 'a' },
    { prompt: 'no', completion: 'b' },
    { prompt: 'yes', completion: 'c' },
  ];
  const some = await reviewed(rows, { template: { name: 'chat.jinja', jinja } });
  const refused = found(some, 'template/refused');
  assert.equal([refused?.severity, refused?.count, refused?.places[0]?.line], ['error', 1, 2]);
  assert.match(refused?.message ?? '', /not this one/);
  assert.is(
    some.tokens?.tokens.histogram.reduce((sum, one) => sum + one.rows, 0),
    2,
  );
  const none = await reviewed(rows.slice(1, 2), { template: { name: 'chat.jinja', jinja } });
  assert.is(none.tokens, null);
  assert.match(none.tokensUnknown ?? '', /takes none of the rows \(not this one\)/);
});

test('a template that does not stay within bounds is stopped, and tokens are unknown', async () => {
  const jinja =
    '{% set ns = namespace(t="x") %}{% for i in range(64) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}';
  const result = await reviewed([{ prompt: 'a', completion: 'b' }], { template: { name: 'chat.jinja', jinja } });
  assert.is(found(result, 'template/stopped')?.severity, 'error');
  assert.match(result.tokensUnknown ?? '', /stopped at rows\.jsonl:1/);
  assert.is(result.tokens, null);
});

test('rows of both parts are compared, and rows that are not drawn are not judged', async () => {
  const rows = many.slice(0, 100).map((row) => ({ ...row, prompt: 'The same question.' }));
  const part = { seed: 1, samples: 50, evaluation: { share: 0.2 } };
  const result = await reviewed(rows, { part });
  assert.equal([result.rows, result.taken], [100, { train: 40, evaluation: 10 }]);
  assert.is(found(result, 'rows/overlap')?.count, 10);
  assert.is(
    result.tokens?.tokens.histogram.reduce((sum, one) => sum + one.rows, 0),
    50,
  );
});

test('held out by content: the same rows stand on one side, and overlap with none of the other', async () => {
  const rows = [...many.slice(0, 100), ...many.slice(0, 100)];
  const sides: string[] = [];
  const onTokens = (side: string) => void sides.push(side);
  const part = { seed: 1, evaluation: { share: 0.2, by: 'content' } } as const;
  const result = await reviewed(rows, { part, onTokens });
  assert.equal(sides.slice(100), sides.slice(0, 100));
  assert.is(sides.filter((side) => side === 'evaluation').length, 38);
  assert.is(found(result, 'rows/overlap'), undefined);
  const drawn = await reviewed(rows, { part: { seed: 1, evaluation: { share: 0.2 } } });
  assert.ok((found(drawn, 'rows/overlap')?.count ?? 0) > 0);
});

test('a special token of the tokenizer in a text is found', async () => {
  const own = await tokenizer();
  const opened = { ...own.opened, special: { ...own.opened.special, sep_token: '~~sep~~' } };
  const rows = [{ prompt: 'a [b', completion: 'c ~~sep~~ <d' }];
  const result = await reviewed(rows, { tokenizer: { ...own, opened } });
  assert.is(found(result, 'rows/marker')?.count, 1);
  assert.is(found(await reviewed(rows), 'rows/marker'), undefined);
});

test('the signal ends it between rows, and the file is as it was', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const onProgress = () => controller.abort(reason);
  const before = readFileSync(join(folder, 'rows.jsonl'));
  try {
    await reviewed(many, { onProgress, signal: controller.signal });
    assert.unreachable();
  } catch (caught) {
    assert.is(caught, reason);
  }
  assert.not.equal(before.length, 0);
});

test('what the fix of a run’s dataset leaves out is told, and is no part of what it draws', async () => {
  const row = (instruction: unknown, output: string) => ({ instruction, output });
  const rows = [row('a', 'b'), row(3, 'c'), row('a', 'b'), row('d', ''), row('e', 'f'), row('g', 'h')];
  const fix = { drop: ['unusable', 'empty-answer'], dedupe: 'rows' } as const;
  const sides: string[] = [];
  const part = { seed: 42, evaluation: { share: 0.34 } };
  const onTokens = (side: string) => void sides.push(side);
  const told = await reviewed(rows, { format: 'alpaca', fix, part, onTokens });
  assert.equal(
    told.findings
      .filter(({ id }) => id.startsWith('fix/'))
      .map(({ id, count, places }) => [id, count, places[0]?.line]),
    [
      ['fix/dropped', 1, 2],
      ['fix/duplicates', 1, 3],
      ['fix/dropped', 1, 4],
    ],
  );
  // Three are left, of which one is held out.
  assert.equal(sides.toSorted(), ['evaluation', 'train', 'train']);
  assert.not.ok(told.findings.some(({ id }) => ['data/not-text', 'rows/duplicate', 'rows/empty-answer'].includes(id)));
  assert.is(told.rows, 6);
});

test.run();
