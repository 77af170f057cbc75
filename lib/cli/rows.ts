/** The commands, in the order in which help lists them. */
import type { Manifest } from '../manifest.ts';
import type { Row } from './commands.ts';

export const rows: readonly Row[] = [
  {
    name: 'synth',
    parameters: '[stack...]',
    summary: 'write the files of stacks; --check only compares',
    example: 'sft synth --check',
    options: [
      ['--check', 'write nothing; print the difference and exit with 2 where there is one'],
      ['--force', 'write over files that were edited by hand'],
      ['--require-pins', 'an error where a model, a dataset, a data file or the trainer is not pinned'],
    ],
    run: async (context, stacks, options) => {
      const { synth } = await import('./synth.ts');
      // What pins are held against brings the targets along; synthesis alone has no use for them.
      const pins = options.requirePins ? await import('./planning.ts') : undefined;
      const refuse = pins && ((manifests: readonly Manifest[]) => pins.requirePins(manifests, context.project));
      return synth(context, stacks, options, refuse);
    },
  },
  {
    name: 'validate',
    parameters: '[stack...]',
    summary: 'check settings and rules, and tell everything that is wrong',
    example: 'sft validate --twice my-stack',
    options: [['--twice', 'run the programs twice, and name the first place where the two do not agree']],
    run: async (context, stacks, options) => (await import('./validate.ts')).validate(context, stacks, options),
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
      ['--refresh-only', 'only record what the target shows; start and stop nothing'],
      ['--replace <run...>', 'try a run again that failed by its own settings'],
      ['--allow-move', 'let a run stop and go on in another layout, as far as its checkpoint loads there'],
      ['--target <run...>', 'only these runs, and what they need'],
      ['--files', 'show how files differ from those applied'],
      ['--require-pins', 'an error where a model, a dataset, a data file or the trainer is not pinned'],
    ],
    run: async (context, stacks, options) => (await import('./plan.ts')).plan(context, stacks, options as never),
  },
  {
    name: 'apply',
    parameters: '[plan-or-stack...]',
    summary: 'do what a plan says: a saved one, or a new one that is shown and confirmed first',
    example: 'sft apply --wait my-stack',
    options: [
      ['-y, --yes', 'do not ask'],
      ['--lock-timeout <seconds>', 'wait that long for another command that holds the lock'],
      ['--wait', 'follow the runs to their end; exit with 7 where one fails'],
      ['--parallelism <n>', 'at most so many steps side by side (default: 4)'],
      ['--refresh-only', 'only record what the target shows; start and stop nothing'],
      ['--replace <run...>', 'try a run again that failed by its own settings'],
      ['--allow-move', 'let a run stop and go on in another layout, as far as its checkpoint loads there'],
      ['--target <run...>', 'only these runs, and what they need'],
      ['--files', 'show how files differ from those applied'],
      ['--require-pins', 'an error where a model, a dataset, a data file or the trainer is not pinned'],
    ],
    run: async (context, wanted, options) => (await import('./apply.ts')).apply(context, wanted, options),
  },
  {
    name: 'pins',
    parameters: '[stack...]',
    summary: 'what is pinned in sft.lock.json; asks the Hub for the commits that are missing, and writes them down',
    example: 'sft pins --update meta-llama/Llama-2-7b-hf',
    options: [
      ['--update <name...>', 'pin these anew: ids on the Hub, data files, trainer'],
      ['--check', 'ask nobody and write nothing; exit with 2 where something is not pinned, or not as it is pinned'],
    ],
    run: async (context, stacks, options) => (await import('./pins.ts')).pins(context, stacks, options),
  },
  {
    name: 'show',
    parameters: '<file>',
    summary: 'print a saved plan again',
    example: 'sft show --files my.plan',
    options: [['--files', 'show how files differ from those applied']],
    run: async (context, files, options) => (await import('./show.ts')).show(context, files, options),
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
    name: 'cancel',
    parameters: '[run]',
    summary: 'stop a run at a checkpoint; it can be resumed',
    example: 'sft cancel my-stack/sft',
    options: [
      ['-y, --yes', 'do not ask'],
      ['--lock-timeout <seconds>', 'wait that long for another command that holds the lock'],
      ['--no-save', 'stop without a checkpoint'],
    ],
    run: async (context, runs, options) => (await import('./cancel.ts')).cancel(context, runs, options as never),
  },
  {
    name: 'resume',
    parameters: '[run]',
    summary: 'go on from the newest complete checkpoint of a run',
    example: 'sft resume my-stack/sft --wait',
    options: [
      ['--allow-move', 'let a run stop and go on in another layout, as far as its checkpoint loads there'],
      ['--wait', 'follow the run to its end; exit with 7 where it fails'],
      ['--lock-timeout <seconds>', 'wait that long for another command that holds the lock'],
    ],
    run: async (context, runs, options) => (await import('./resume.ts')).resume(context, runs, options),
  },
  {
    name: 'destroy',
    parameters: '[stack...]',
    summary: 'stop the runs of stacks and remove what apply made; results stay unless named',
    example: 'sft destroy my-stack --results sft',
    options: [
      ['-y, --yes', 'do not ask'],
      ['--lock-timeout <seconds>', 'wait that long for another command that holds the lock'],
      ['--results <run...>', 'remove results and checkpoints of these runs too'],
    ],
    run: async (context, stacks, options) => (await import('./destroy.ts')).destroy(context, stacks, options),
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
  {
    name: 'state',
    parameters: '<action> [name...]',
    summary:
      'what is recorded; list: runs, show: one, rm: forget one, mv: rename, pull: print a state file, push: put one back',
    example: 'sft state show my-stack/sft',
    options: [
      ['-y, --yes', 'do not ask'],
      ['--force', 'push: also a state that is older; the one of now is kept'],
      ['--lock-timeout <seconds>', 'wait that long for another command that holds the lock'],
    ],
    run: async (context, words, options) => (await import('./state.ts')).state(context, words, options),
  },
  {
    name: 'unlock',
    parameters: '<id>',
    summary: 'take the lock from a command that holds it; should it live, it stops before its next step',
    example: 'sft unlock 2f0e6c1a-5d0b-4a86-9c0e-3a1f6f3f4b52',
    options: [['-y, --yes', 'do not ask']],
    run: async (context, ids, options) => (await import('./unlock.ts')).unlock(context, ids, options),
  },
  {
    name: 'explain',
    parameters: '[id]',
    summary: 'what the id of a message means, why it matters and what to do; without an id, the list of all',
    example: 'sft explain batch/global',
    run: async (context, ids) => (await import('./explain.ts')).explain(context, ids),
  },
  {
    name: 'schema',
    parameters: '[document]',
    summary: 'the JSON Schema of what programs read: manifest, plan, settings, events or pins',
    example: 'sft schema plan',
    run: async (context, names) => (await import('./schema.ts')).schema(context, names),
  },
  {
    name: 'completion',
    parameters: '<shell>',
    summary: 'print the completion of commands, options, stacks and runs for bash, zsh or fish',
    example: 'source <(sft completion bash)',
    run: async (context, shells) => (await import('./completion.ts')).completion(context, shells),
  },
  {
    name: '__complete',
    parameters: '[words...]',
    summary: 'what can stand at the end of these words',
    example: 'sft __complete -- plan --o',
    hidden: true,
    run: async (context, words, _, program) => (await import('./complete.ts')).complete(context, words, program),
  },
];
