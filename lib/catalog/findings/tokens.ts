/** Of tokenizers: docs/tokens.md. */
import type { Explanations } from './explanation.ts';

export const tokens: Explanations = {
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
