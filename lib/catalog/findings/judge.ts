/** What judging finds in rows; docs/judging.md defines each. */
import type { Explanations } from './explanation.ts';

export const judge: Explanations = {
  'rows/conflict': {
    title: 'One question with different answers',
    why: 'The model learns a mixture of the answers; where one of them is wrong, it learns that too.',
    example: 'two rows with the instruction "Who wrote Genji?" and different outputs',
    fix: 'Keep the better answer, unless several are meant to be learnt.',
    source: 'docs/judging.md',
  },
  'rows/duplicate': {
    title: 'Rows that are there more than once',
    why: 'What is repeated is learnt as often, and by heart; and an evaluation split that has copies of what is trained on looks better than it is.',
    example: 'two files that were put together have rows in common',
    fix: 'Take out all but the first, unless a row is to be learnt more often than the others.',
    source: 'docs/judging.md; Lee et al. 2022, Deduplicating Training Data Makes Language Models Better',
  },
};
