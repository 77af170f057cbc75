/** Token ids as the makers of the tokenizers write them: two equal mistakes of two programs would not pass. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTokenizer } from '../../lib/data/tokens/tokenizer.ts';
import { type Published, publishedFolder } from '../support/tokenizers.ts';

const open = (name: Published) =>
  openTokenizer({ json: readFileSync(join(publishedFolder(name), 'tokenizer.json'), 'utf8') });

async function idsOf(name: Published, texts: readonly string[]): Promise<number[][]> {
  const { encode } = await open(name);
  return (await encode(texts)).map((ids) => [...ids]);
}

test('Llama 3: meta-llama/llama3 at 07c61c8, llama/test_tokenizer.py', async () => {
  const sentence = 'This is a test sentence.';
  const heading = (role: string) => `<|start_header_id|>${role}<|end_header_id|>\n\n`;
  assert.equal(
    await idsOf('llama3', [
      `<|begin_of_text|>${sentence}<|end_of_text|>`,
      `${heading('user')}${sentence}<|eot_id|>`,
      `${heading('system')}This is a response.<|eot_id|>${heading('assistant')}`,
    ]),
    [
      [128000, 2028, 374, 264, 1296, 11914, 13, 128001],
      [128006, 882, 128007, 271, 2028, 374, 264, 1296, 11914, 13, 128009],
      [128006, 9125, 128007, 271, 2028, 374, 264, 2077, 13, 128009, 128006, 78191, 128007, 271],
    ],
  );
});

test('Qwen: huggingface/transformers at 04bee35, tests/models/qwen2/test_tokenization_qwen2.py', async () => {
  const code =
    '```python\ntokenizer = AutoTokenizer.from_pretrained("Qwen/Qwen-tokenizer")\ntokenizer("世界，你好！")```';
  assert.equal(await idsOf('qwen3', [code, '<|endoftext|>']), [
    [
      73594, 12669, 198, 85593, 284, 8979, 37434, 6387, 10442, 35722, 445, 48, 16948, 45274, 16948, 34841, 3135, 1138,
      85593, 445, 99489, 3837, 108386, 6313, 899, 73594,
    ],
    [151643],
  ]);
});

test('Gemma 3: google-deepmind/gemma 3.0.0, gemma/gm/text/_tokenizer.py, and the ids of greetings that its users print', async () => {
  assert.equal(await idsOf('gemma3', ['Hello, World!', '<start_of_turn><end_of_turn>', '<pad><eos>']), [
    [2, 9259, 236764, 4109, 236888],
    [2, 105, 106],
    [2, 0, 1],
  ]);
});

test.run();
