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
  {
    name: 'plan',
    parameters: '[stack...]',
    summary: 'show what apply would do, and change nothing',
    example: 'sft plan --out my.plan my-stack',
    options: [
      ['--out <file>', 'save the plan, for sft apply FILE'],
      ['--detailed-exitcode', 'exit with 2 where there is something to do'],
      ['--no-refresh', 'go by what is recorded, and do not ask the target'],
      ['--replace <run...>', 'try a run again that failed by its own settings'],
    ],
    run: async (context, stacks, options) => (await import('./plan.ts')).plan(context, stacks, options as never),
  },
  {
    name: 'show',
    parameters: '<file>',
    summary: 'print a saved plan again',
    example: 'sft show my.plan',
    run: async (context, files) => (await import('./show.ts')).show(context, files),
  },
  {
    name: 'status',
    parameters: '[run...]',
    summary: 'how each run that was applied stands',
    example: 'sft status --json',
    run: async (context, runs) => (await import('./status.ts')).status(context, runs),
  },
  {
    name: 'logs',
    parameters: '[run]',
    summary: 'what the newest attempt of a run told: steps, losses, checkpoints, its end',
    example: 'sft logs -f my-stack/sft',
    options: [['-f, --follow', 'go on until the attempt ends']],
    run: async (context, runs, options) => (await import('./logs.ts')).logs(context, runs, options),
  },
  {
    name: 'output',
    parameters: '[run]',
    summary: 'where the results of a run lie, with hashes and the line that loads them',
    example: 'sft output my-stack/sft',
    run: async (context, runs) => (await import('./output.ts')).output(context, runs),
  },
  {
    name: 'export',
    parameters: '<dir> [stack...]',
    summary: 'write everything that a run needs to be started by hand elsewhere',
    example: 'sft export handover my-stack',
    run: async (context, places) => (await import('./export.ts')).exportTo(context, places),
  },
];
