/** Of tokenizers: docs/tokens.md. */
import type { Explanations } from './explanation.ts';

export const tokens: Explanations = {
  'trainer/tokenizer': {
    title: 'A tokenizer cannot be written down',
    why: 'The trainer writes the loaded tokenizer down as tokenizer.json, for plans to count by; there is none, or it is of a kind that no such file holds.',
    example: 'python -m cdksft_trainer tokenizer models/without-one --root .sft/workspace',
    fix: 'Name a folder or a Hub id that has a tokenizer.',
    source: 'trainer/cdksft_trainer/tokenizer.py',
  },
};
