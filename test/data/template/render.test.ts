/** Expected texts are written out by hand from the sources that lib/data/template/built-in.ts names. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Example } from '../../../lib/data/example.ts';
import { openTemplate, type TemplateGiven, type TemplateOptions, Unfit } from '../../../lib/data/template/render.ts';

const test = suite('templates');

const tokens = { bos_token: '<s>', eos_token: '</s>' };
const answersOnly = true;

/** The text, with what is learnt between 【 and 】. */
function marked(given: TemplateGiven, example: Example, options: TemplateOptions = { tokens, answersOnly }): string {
  const { text, trained } = openTemplate(given, options).render(example);
  let [out, at] = ['', 0];
  for (const [start, end] of trained) {
    out += `${text.slice(at, start)}【${text.slice(start, end)}】`;
    at = end;
  }
  return out + text.slice(at);
}

const says = (...turns: readonly (readonly ['system' | 'user' | 'assistant', string])[]): Example => ({
  kind: 'messages',
  messages: turns.map(([role, content]) => ({ role, content })),
});

const one = says(['user', ' Hi '], ['assistant', ' Yes. ']);
const several = says(
  ['system', 'Be short.'],
  ['user', 'Hi'],
  ['assistant', 'Yes.'],
  ['user', 'And?'],
  ['assistant', 'No.'],
);

const byHand: Readonly<Record<string, readonly [string, string]>> = {
  // openai/openai-python at 120d225, chatml.md: each message is <|im_start|>, role, \n, text, <|im_end|>, \n.
  chatml: [
    '<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n【 Yes. <|im_end|>\n】',
    '<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n【Yes.<|im_end|>\n】' +
      '<|im_start|>user\nAnd?<|im_end|>\n<|im_start|>assistant\n【No.<|im_end|>\n】',
  ],
  // meta-llama/llama at 689c7f2, generation.py: f"{B_INST} {prompt.strip()} {E_INST} {answer.strip()} ", bos, eos, a pair each.
  llama2: [
    '<s>[INST] Hi [/INST]【 Yes. </s>】',
    '<s>[INST] <<SYS>>\nBe short.\n<</SYS>>\n\nHi [/INST]【 Yes. </s>】<s>[INST] And? [/INST]【 No. </s>】',
  ],
  // meta-llama/llama3 at e8f0267, tokenizer.py, ChatFormat: BOS once, header of the role, \n\n, content.strip(), <|eot_id|>.
  llama3: [
    '<s><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>' +
      '<|start_header_id|>assistant<|end_header_id|>\n\n【Yes.<|eot_id|>】',
    '<s><|start_header_id|>system<|end_header_id|>\n\nBe short.<|eot_id|>' +
      '<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>' +
      '<|start_header_id|>assistant<|end_header_id|>\n\n【Yes.<|eot_id|>】' +
      '<|start_header_id|>user<|end_header_id|>\n\nAnd?<|eot_id|>' +
      '<|start_header_id|>assistant<|end_header_id|>\n\n【No.<|eot_id|>】',
  ],
  // TRL 1.16.0, chat_templates/gemma3.jinja: content | trim; the system message stands before the first turn's text.
  gemma: [
    '<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n【Yes.<end_of_turn>\n】',
    '<s><start_of_turn>user\nBe short.\n\nHi<end_of_turn>\n<start_of_turn>model\n【Yes.<end_of_turn>\n】' +
      '<start_of_turn>user\nAnd?<end_of_turn>\n<start_of_turn>model\n【No.<end_of_turn>\n】',
  ],
  // mistralai/mistral-common at 013341e, instruct.py, V2 and V3: [INST], text, [/INST], answer.rstrip(" "), EOS; the pieces
  // of SentencePiece begin with a space. The system message goes with the last turn of the user.
  mistral: [
    '<s>[INST]  Hi [/INST]【  Yes.</s>】',
    '<s>[INST] Hi[/INST]【 Yes.</s>】[INST] Be short.\n\nAnd?[/INST]【 No.</s>】',
  ],
  // TRL 1.16.0, chat_templates/phi3.jinja.
  phi: [
    '<|user|>\n Hi <|end|>\n<|assistant|>\n【 Yes. <|end|>\n</s>】',
    '<|system|>\nBe short.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\n【Yes.<|end|>\n】' +
      '<|user|>\nAnd?<|end|>\n<|assistant|>\n【No.<|end|>\n</s>】',
  ],
  // TRL 1.16.0, chat_templates/qwen2_5.jinja: a system message of its own where there is none.
  qwen: [
    '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' +
      '<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n【 Yes. <|im_end|>\n】',
    '<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n【Yes.<|im_end|>\n】' +
      '<|im_start|>user\nAnd?<|im_end|>\n<|im_start|>assistant\n【No.<|im_end|>\n】',
  ],
};

for (const [name, [first, second]] of Object.entries(byHand))
  test(`${name}, by hand`, () => {
    assert.is(marked({ name }, one), first);
    assert.is(marked({ name }, several), second);
  });

test('alpaca, by hand: tatsu-lab/stanford_alpaca, train.py, with a line break behind the last heading', () => {
  const row = { kind: 'alpaca', instruction: 'Add.', input: '1, 2', output: '3' } as const;
  assert.is(
    marked({ name: 'alpaca' }, row),
    'Below is an instruction that describes a task, paired with an input that provides further context. ' +
      'Write a response that appropriately completes the request.\n\n' +
      '### Instruction:\nAdd.\n\n### Input:\n1, 2\n\n### Response:\n【3</s>】',
  );
  assert.is(
    marked({ name: 'alpaca' }, { ...row, input: '' }),
    'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n' +
      '### Instruction:\nAdd.\n\n### Response:\n【3</s>】',
  );
});

test('a row of Alpaca in a chat template: the input stands below the instruction', () => {
  const row = { kind: 'alpaca', instruction: 'Add.', input: '1, 2', output: '3' } as const;
  assert.is(marked({ name: 'llama2' }, row), '<s>[INST] Add.\n\n1, 2 [/INST]【 3 </s>】');
  assert.is(marked({ name: 'llama2' }, { ...row, input: '' }), '<s>[INST] Add. [/INST]【 3 </s>】');
});

test('plain: a prompt and its answer, and text, which is learnt as a whole', () => {
  const prompt: Example = { kind: 'prompt', prompt: '1+1=', completion: '2' };
  assert.is(marked({ name: 'plain' }, prompt), '1+1=【2</s>】');
  assert.is(marked({ name: 'plain' }, { ...prompt, completion: '2</s>' }), '1+1=【2</s>】');
  assert.is(marked({ name: 'plain' }, { kind: 'text', text: 'All.' }), '【All.</s>】');
});

test('where the loss is on everything, all of the text is learnt', () => {
  const options = { tokens, answersOnly: false };
  assert.is(marked({ name: 'llama2' }, one, options), '【<s>[INST] Hi [/INST] Yes. </s>】');
  assert.is(marked({ name: 'plain' }, { kind: 'prompt', prompt: 'a', completion: 'b' }, options), '【ab</s>】');
});

test('a tokenizer without BOS has none in its text', () => {
  const options = { tokens: { eos_token: '<eos>' }, answersOnly };
  assert.is(marked({ name: 'llama2' }, one, options), '[INST] Hi [/INST]【 Yes. <eos>】');
});

test('calls of tools, by hand: Qwen2.5 writes them, the others refuse the row', () => {
  const row: Example = {
    kind: 'messages',
    tools: [{ type: 'function', function: { name: 'sum', parameters: {} } }],
    messages: [
      { role: 'user', content: 'Add.' },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ type: 'function', function: { name: 'sum', arguments: { of: [1, 2] } } }],
      },
      { role: 'tool', content: '3' },
      { role: 'assistant', content: 'Three.' },
    ],
  };
  assert.is(
    marked({ name: 'qwen' }, row),
    '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.\n\n' +
      '# Tools\n\nYou may call one or more functions to assist with the user query.\n\n' +
      'You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n' +
      '{"type": "function", "function": {"name": "sum", "parameters": {}}}\n</tools>\n\n' +
      'For each function call, return a json object with function name and arguments within <tool_call></tool_call> ' +
      'XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call><|im_end|>\n' +
      '<|im_start|>user\nAdd.<|im_end|>\n<|im_start|>assistant\n' +
      '【<tool_call>\n{"name": "sum", "arguments": {"of": [1, 2]}}\n</tool_call><|im_end|>\n】' +
      '<|im_start|>user\n<tool_response>\n3\n</tool_response><|im_end|>\n<|im_start|>assistant\n【Three.<|im_end|>\n】',
  );
  for (const name of Object.keys(byHand))
    if (name !== 'qwen') assert.throws(() => marked({ name }, row), `${name} has no place for tools`);
});

test('rows that a template does not take', () => {
  const twice = says(['user', 'Hi'], ['user', 'again'], ['assistant', 'Yes.']);
  for (const name of ['llama2', 'gemma', 'mistral'])
    assert.throws(() => marked({ name }, twice), `${name} takes user and assistant by turns`);
  const unfit = (name: string, example: Example) =>
    assert.throws(
      () => marked({ name }, example),
      (error: unknown) => error instanceof Unfit,
    );
  unfit('chatml', { kind: 'text', text: 'a' });
  unfit('alpaca', { kind: 'prompt', prompt: 'a', completion: 'b' });
  unfit('plain', one);
  assert.throws(() => marked({ jinja: '{{ messages[0].content }}' }, one), /does not mark answers/);
});

test('a template of the user: what is learnt of a prompt begins where its text goes on', () => {
  const jinja =
    '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}';
  assert.is(marked({ jinja }, { kind: 'prompt', prompt: 'Hi', completion: 'Yes' }), '<user>Hi<assistant>【Yes】');
  // The two letters begin alike: half of one is no letter.
  const emoji = '{% if add_generation_prompt %}\u{1f600}{% else %}\u{1f601}{% endif %}';
  assert.is(marked({ jinja: emoji }, { kind: 'prompt', prompt: 'a', completion: 'b' }), '【\u{1f601}】');
});

test.run();
