/** Of tokenizers: docs/tokens.md. */
import type { Explanations } from './explanation.ts';

export const tokens: Explanations = {
  'model/bare-tokenizer': {
    title: 'A SentencePiece model without a word on how to use it',
    why: 'transformers takes how a tokenizer.model is used from the files beside it. Without them it adds no BOS, and no space before the first word: the model was trained with both, and learns on other ids than it knows.',
    example: 'Model.fromPath with a folder that has tokenizer.model alone',
    fix: 'Put the model’s tokenizer_config.json beside it, as it was published.',
    source: 'transformers 5.23.0, AutoTokenizer on Llama 2’s tokenizer.model; trainer/tests/test_tokenizer.py',
  },
  'tokens/unknown': {
    title: 'How many tokens the rows are is not known',
    why: 'A plan counts by the tokenizer of the model and by the npm package tokenizers; one of them is not on this machine. Nothing else changes: how many rows are cut or dropped, and the steps that follow, are seen when the run starts.',
    example: 'Model.fromHub(...) on a machine whose Hugging Face cache does not have that model',
    fix: 'Fetch the tokenizer (hf download), or install the package (npm install --save-dev tokenizers).',
    source: 'docs/tokens.md',
  },
  'trainer/tokenizer': {
    title: 'A tokenizer cannot be written down',
    why: 'The trainer writes the loaded tokenizer down as tokenizer.json, for plans to count by; there is none, or it is of a kind that no such file holds.',
    example: 'python -m cdksft_trainer tokenizer models/without-one --root .sft/workspace',
    fix: 'Name a folder or a Hub id that has a tokenizer.',
    source: 'trainer/cdksft_trainer/tokenizer.py',
  },
};
