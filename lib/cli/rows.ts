/** The commands, in the order in which help lists them. */
import type { Row } from './commands.ts';

export const rows: readonly Row[] = [
  {
    name: 'synth',
    parameters: '[stack...]',
    summary: 'write the files of stacks; --check only compares',
    example: 'sft synth --check',
    options: [['--check', 'write nothing; print the difference and exit with 2 where there is one']],
    run: async (context, stacks, options) => (await import('./synth.ts')).synth(context, stacks, options),
  },
  {
    name: 'validate',
    parameters: '[stack...]',
    summary: 'check settings and rules, and tell everything that is wrong',
    example: 'sft validate my-stack',
    run: async (context, stacks) => (await import('./validate.ts')).validate(context, stacks),
  },
];
