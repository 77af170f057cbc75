/** What stands in texts: each detector on what it is for, and on what only looks like it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../../lib/data/example.ts';
import { alpaca, only } from '../../support/judged.ts';

const test = suite('texts');

/** Columns of the rows in which it is found, one text a row. */
async function held(id: string, texts: readonly string[]): Promise<number[]> {
  const found = await only(
    id,
    texts.map((text) => alpaca('Tell me.', text)),
  );
  assert.ok((found?.places ?? []).every(({ column }) => column === 'output'));
  assert.is(found?.count ?? 0, found?.places.length ?? 0);
  return found?.places.map(({ row = 0 }) => row - 1) ?? [];
}

async function both(id: string, yes: readonly string[], no: readonly string[]): Promise<void> {
  for (const text of yes) assert.equal(await held(id, [text]), [0], `${id} is not found in: ${text}`);
  for (const text of no) assert.equal(await held(id, [text]), [], `${id} is found in: ${text}`);
}

test('special tokens and marks of templates', async () => {
  await both(
    'rows/marker',
    [
      'Blue.</s>',
      '<s>Blue.',
      'a <|im_end|> b',
      '<|eot_id|>',
      '<｜end▁of▁sentence｜>',
      'x [/INST] y',
      '<<SYS>>',
      '<start_of_turn>user',
      'Blue.\n### Response:\nRed.',
      'Below is an instruction that describes a task, paired',
    ],
    [
      'It was <s>wrong</s> right.',
      'a <| b |> c in F#',
      '## Summary\n### Responses of readers',
      '[INSTALL]',
      'x <y and y> z',
      'arr[SEP_INDEX]',
      'The pipe |x| is absolute.',
    ],
  );
});

test('a special token of the tokenizer itself', async () => {
  const rows = [alpaca('q', 'a <extra_id_0> b')];
  assert.is(await only('rows/marker', rows), undefined);
  assert.is((await only('rows/marker', rows, { markers: ['<extra_id_0>', '</s>'] }))?.count, 1);
});

test('text that most rows write with marks is written so on purpose; a stray one is told', async () => {
  const text = (one: string): Example => ({ kind: 'text', text: one });
  const written = ['<s>[INST] a [/INST] b</s>', '<s>[INST] c [/INST] d</s>', 'e'].map(text);
  assert.is(await only('rows/marker', written), undefined);
  assert.is((await only('rows/marker', ['a', 'b', 'c </s>'].map(text)))?.count, 1);
});

test('control characters and invisible ones', async () => {
  await both(
    'rows/control-character',
    ['a\u0007b', 'a\u0000', 'a\u001b[31mred', 'a\u200bb', '\ufeffa', 'a\u202eb', 'a\u0085b'],
    ['a\tb\r\nc', 'naïve 日本語 🙂', '👩‍💻', 'می‌خواهم', 'soft\u00adhyphen', 'a\u00a0b'],
  );
});

test('letters of a wrong encoding', async () => {
  const asLatin = (text: string) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
  const asShiftJis = (text: string) => new TextDecoder('shift_jis').decode(new TextEncoder().encode(text));
  await both(
    'rows/mojibake',
    [
      asLatin('Café au lait'),
      asLatin('It’s fine'),
      asLatin('“quoted”'),
      asLatin('日本語のテキスト'),
      asLatin('🙂'),
      asShiftJis('これはテストです。'),
      'lost \ufffd letter',
    ],
    [
      'Café, naïve, Ünïcode, São Paulo, NÃO, IRMÃ',
      'Ångström Ça va “IRMÔ — ok',
      'これは普通の日本語です。縺れた糸を繕う。',
      '繧繝縁（うんげんべり）の畳',
      '§ 5 Â is a letter of Romanian, as in ÂNGER',
      'Größe: 5 µm ± 2 °C',
      'Tiếng Việt và ầ ế ộ',
    ],
  );
});

test('what is left of HTML', async () => {
  await both(
    'rows/html',
    ['Tom &amp; Jerry', 'one<br>two', '<p>Hello</p>', 'see <a href="x">here</a>', 'a&nbsp;b', 'it&#8217;s'],
    [
      'a < b and b > c',
      'AT&T; R&D;',
      'Use <p> for paragraphs in HTML.',
      '```\n<br>\n```',
      '<analogy> token',
      'x &lt y',
      'if (a<b) c>d',
    ],
  );
  const asked = [alpaca('Write a web page.', '<p>Hello</p>')];
  assert.is(await only('rows/html', asked), undefined);
});

test('answers that refuse, in English and Japanese', async () => {
  await both(
    'rows/refusal',
    [
      'As an AI language model, I do not have opinions.',
      'I’m sorry, but I can’t help with that.',
      "I'm sorry, but as an AI I cannot say.",
      'I cannot assist with that request.',
      'Unfortunately, I am unable to access the internet.',
      "I'm just an AI and have no body.",
      '申し訳ありませんが、その質問にはお答えできません。',
      'AI言語モデルとして、個人的な意見はありません。',
      'すみません、わかりません。',
    ],
    [
      'I am sorry to hear that; I cannot come to work today.',
      "I'm sorry, but I am unable to come into work.",
      'Sorry is the hardest word.',
      'AI is a field of computer science.',
      'I cannot stand rain.',
      '申し訳ありませんと伝えましょう。',
      '彼はAIの研究者として知られています。',
      `${'A long answer. '.repeat(20)}As an AI language model, I end.`,
    ],
  );
  assert.is(await only('rows/refusal', [alpaca('As an AI, I cannot help: say why.', 'Because.')]), undefined);
});

test('phrases that answers begin with, in English and Japanese', async () => {
  await both(
    'rows/boilerplate',
    [
      'Sure! 15.',
      'Sure, here is a list:',
      'Certainly, here are three:',
      'Of course! Here',
      "That's a great question.",
      'もちろんです！',
      '承知しました。以下',
      'かしこまりました。それでは',
    ],
    [
      'Surely not.',
      'Sure of himself, he left.',
      'Of course not.',
      'Here is a list:',
      'Certainty is rare.',
      '承知いたしました。後ほど拝見いたします。',
      '質問です。',
      'もちろん諸説ある。',
    ],
  );
});

test('a row counts once, at the first column that has it', async () => {
  const found = await only('rows/control-character', [alpaca('a\u0007', 'b\u0007', 'c\u0007')]);
  assert.is(found?.count, 1);
  assert.equal(found?.places, [{ file: 'rows.json', row: 1, line: 10, column: 'instruction' }]);
});

test.run();
