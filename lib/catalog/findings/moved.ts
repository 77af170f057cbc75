/** Renames: declared ones that cannot be, and what looks like one. */
import type { Explanations } from './explanation.ts';

const source = 'docs/constructs.md';

export const moved: Explanations = {
  'moved/both-recorded': {
    title: 'A rename between two runs that are both recorded',
    why: 'One of the two records would be lost, and with it the sight of a run that may be alive.',
    example: "stack.moved({ from: 'a', to: 'b' }) after b was applied as a run of its own",
    fix: 'Take the line out, or forget one of the two: sft state rm.',
    source,
  },
  'moved/from-exists': {
    title: 'The old name of a rename is still in the program',
    why: 'Then nobody can say which of the two the recorded run is.',
    example: "stack.moved({ from: 'sft', to: 'sft2' }) where both are made",
    fix: 'Rename it there too, or take the line out.',
    source,
  },
  'moved/invalid': {
    title: 'A rename that names no two paths',
    why: 'Without both there is nothing to follow.',
    example: "stack.moved({ from: 'sft' })",
    fix: 'Write both, as paths below the stack.',
    source,
  },
  'moved/loop': {
    title: 'Renames that lead in a circle',
    why: 'Following them never comes to the name of now.',
    example: "stack.moved({ from: 'a', to: 'b' }).moved({ from: 'b', to: 'a' })",
    fix: 'Take one of them out.',
    source,
  },
  'moved/same-run': {
    title: 'A new run with the first name and the settings of one that was renamed',
    why: 'A run’s folder and tokens go by its first name and its settings: the new run would be taken for the old one.',
    example: 'sft is renamed to first, and then a new sft with the same settings is added',
    fix: 'Give the new one another name, or change what is learnt (a seed is enough).',
    source,
  },
  'moved/to-missing': {
    title: 'The new name of a rename is not in the program',
    why: 'The run would be removed instead of renamed.',
    example: "stack.moved({ from: 'sft', to: 'stf' })",
    fix: 'Correct the name, or take the line out.',
    source,
  },
  'moved/twice': {
    title: 'One name is renamed to two',
    why: 'A recorded run can have only one new name.',
    example: "stack.moved({ from: 'a', to: 'b' }).moved({ from: 'a', to: 'c' })",
    fix: 'Keep the one that is true.',
    source,
  },
};
