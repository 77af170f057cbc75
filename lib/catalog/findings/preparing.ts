/** What the trainer finds out where it makes token ids of a run's rows. */
import type { Explanations } from './explanation.ts';

export const preparing: Explanations = {
  'trainer/assistant-only': {
    title: 'What the assistant says cannot be told from the rest',
    why: 'The rows are no messages, or the chat template does not mark the answers in one of them.',
    example: 'assistant_only_loss with rows of text, by an override',
    fix: 'Train on the completion, or take a template with {% generation %}.',
    source: 'trainer/cdksft_trainer/tokenise.py',
  },
  'trainer/cannot-split': {
    title: 'Rows that cannot be split shall be',
    why: 'A part of a dialogue, or of a prompt with its answer, is an answer without its question.',
    example: 'fix.split put into train.json by hand, with rows of the format prompt',
    fix: 'Take fix.split of the dataset out.',
    source: 'trainer/cdksft_trainer/tokenise.py',
  },
  'trainer/eos-token': {
    title: 'No end-of-sequence token',
    why: 'Each row ends with it, so that the model learns to stop: the tokenizer has none, or not the one that is named.',
    example: '/sft/eos_token of another model, by an override',
    fix: 'Name a token of the vocabulary, or take a model whose tokenizer has an end.',
    source: 'trainer/cdksft_trainer/recipe.py',
  },
  'trainer/no-template': {
    title: 'Answers shall be told by a chat template, and there is none',
    why: 'Only a template says which part of a dialogue the assistant speaks.',
    example: 'assistant_only_loss with the tokenizer of a base model',
    fix: 'Set a template, or train on whole rows.',
    source: 'trainer/cdksft_trainer/recipe.py',
  },
  'trainer/tokens': {
    title: 'A rank waited for the tokens of its run in vain',
    why: 'Rank 0 ended, gave no sign for five minutes, or makes others: its tokenizer or packages differ.',
    example: 'a host that does not see the workspace of the first one',
    fix: 'Give all hosts the same workspace and environment, and look at how rank 0 ended.',
    source: 'trainer/cdksft_trainer/tokens.py',
  },
};
